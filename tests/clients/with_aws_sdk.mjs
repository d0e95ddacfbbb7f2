// AWS SDK for JavaScript v3 against the user pool alone; amazon-cognito-identity-js proves the passwords for it.
import {
  CognitoIdentityProviderClient,
  ConfirmDeviceCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from 'amazon-cognito-identity-js';
import { assert, finish, refusal, step } from './steps.mjs';

const env = process.env;
const ClientId = env.COGNITO_CLIENT;
const client = new CognitoIdentityProviderClient({ region: 'us-west-2', endpoint: env.COGNITO_URL_HERE });
const pool = new CognitoUserPool({ UserPoolId: env.COGNITO_POOL, ClientId, endpoint: `${env.COGNITO_URL_HERE}/` });

function signIn() {
  const Username = env.CLARIS_ID;
  const user = new CognitoUser({ Username, Pool: pool });
  const details = new AuthenticationDetails({ Username, Password: env.CLARIS_PASSWORD });
  return new Promise((onSuccess, onFailure) => user.authenticateUser(details, { onSuccess, onFailure }));
}

const again = (token) =>
  client.send(new InitiateAuthCommand({ ClientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: token } }));

await step('refresh by both operations', async () => {
  const token = (await signIn()).getRefreshToken().getToken();
  assert.equal((await again(token)).AuthenticationResult.ExpiresIn, 3600);
  const other = await client.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken: token }));
  assert.ok(other.AuthenticationResult.IdToken);
});

await step('refusals by name and words', async () => {
  const error = await refusal(again('made up'));
  assert.deepEqual([error.name, error.message], ['NotAuthorizedException', 'Invalid Refresh Token.']);
  const gone = await refusal(client.send(new InitiateAuthCommand({ ClientId: 'nobodys', AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: {} })));
  assert.equal(gone.name, 'ResourceNotFoundException');
});

await step('the user of an access token', async () => {
  const AccessToken = (await signIn()).getAccessToken().getJwtToken();
  const user = await client.send(new GetUserCommand({ AccessToken }));
  assert.ok(user.UserAttributes.some(({ Name, Value }) => Name === 'email' && Value === env.CLARIS_ID));
  const error = await refusal(client.send(new ConfirmDeviceCommand({ AccessToken, DeviceKey: 'us-west-2_unknown' })));
  assert.equal(error.name, 'ResourceNotFoundException');
});

await step('revoke', async () => {
  const Token = (await signIn()).getRefreshToken().getToken();
  await client.send(new RevokeTokenCommand({ ClientId, Token }));
  assert.equal((await refusal(again(Token))).message, 'Refresh Token has been revoked');
});

await step('sign out everywhere', async () => {
  const [here, there] = [await signIn(), await signIn()];
  await client.send(new GlobalSignOutCommand({ AccessToken: here.getAccessToken().getJwtToken() }));
  for (const session of [here, there]) {
    assert.equal((await refusal(again(session.getRefreshToken().getToken()))).message, 'Refresh Token has been revoked');
  }
});

finish();
