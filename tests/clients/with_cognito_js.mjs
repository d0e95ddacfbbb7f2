// amazon-cognito-identity-js against the user pool alone.
import { readFileSync } from 'node:fs';
import { createHmac } from 'node:crypto';
import { AuthenticationDetails, CognitoRefreshToken, CognitoUser, CognitoUserPool } from 'amazon-cognito-identity-js';
import { assert, finish, refusal, step } from './steps.mjs';

const env = process.env;
const pool = new CognitoUserPool({
  UserPoolId: env.COGNITO_POOL,
  ClientId: env.COGNITO_CLIENT,
  endpoint: `${env.COGNITO_URL_HERE}/`,
});

function signIn(Username, Password, code) {
  const user = new CognitoUser({ Username, Pool: pool });
  return new Promise((resolve, reject) =>
    user.authenticateUser(new AuthenticationDetails({ Username, Password }), {
      onSuccess: (session) => resolve({ user, session }),
      onFailure: reject,
      totpRequired() {
        user.sendMFACode(code(), { onSuccess: (session) => resolve({ user, session }), onFailure: reject }, 'SOFTWARE_TOKEN_MFA');
      },
    })
  );
}

function refresh(user, token) {
  return new Promise((resolve, reject) =>
    user.refreshSession(token, (error, session) => (error ? reject(error) : resolve(session)))
  );
}

function authenticatorCode(secret) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const start = digest[19] & 15;
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1e6).padStart(6, '0');
}

const users = JSON.parse(readFileSync(env.CLARIS_USERS, 'utf8'));
const ada = { name: env.CLARIS_ID, password: env.CLARIS_PASSWORD };

await step('wrong password', async () => {
  const error = await refusal(signIn(ada.name, 'wrong'));
  assert.deepEqual([error.name, error.message], ['NotAuthorizedException', 'Incorrect username or password.']);
});

await step('log in', async () => {
  const { session } = await signIn(ada.name, ada.password);
  assert.equal(session.getIdToken().payload.email, ada.name);
});

await step('refresh', async () => {
  const { user, session } = await signIn(ada.name, ada.password);
  const renewed = await refresh(user, session.getRefreshToken());
  assert.notEqual(renewed.getIdToken().getJwtToken(), session.getIdToken().getJwtToken());
});

await step('refresh with a token never given', async () => {
  const user = new CognitoUser({ Username: ada.name, Pool: pool });
  const error = await refusal(refresh(user, new CognitoRefreshToken({ RefreshToken: 'made up' })));
  assert.equal(error.message, 'Invalid Refresh Token.');
});

await step('revoke', async () => {
  const { user, session } = await signIn(ada.name, ada.password);
  await new Promise((resolve, reject) =>
    user.revokeToken({ token: session.getRefreshToken().getToken(), callback: (error) => (error ? reject(error) : resolve()) })
  );
  const error = await refusal(refresh(user, session.getRefreshToken()));
  assert.equal(error.message, 'Refresh Token has been revoked');
});

await step('authenticator code', async () => {
  const user = users.find((one) => one.authenticator_secret);
  const wrong = await refusal(signIn(user.name, user.password, () => '000000'));
  assert.equal(wrong.name, 'CodeMismatchException');
  const { session } = await signIn(user.name, user.password, () => authenticatorCode(user.authenticator_secret));
  assert.equal(session.getIdToken().payload.email, user.name);
});

await step('fifty people, whatever their alphabet', async () => {
  const plain = users.filter((one) => !one.authenticator_secret && one.name !== ada.name);
  assert.equal(plain.length, 50);
  for (const { name, password } of plain) {
    const { session } = await signIn(name, password);
    assert.equal(session.getIdToken().payload.email, name);
  }
});

finish();
