// Soliant's FileMakerID_token restated with the library it is built on: routes, fields, statuses and the way its failures read.
// It prints its address once it listens.
import { createServer } from 'node:http';
import { AuthenticationDetails, CognitoRefreshToken, CognitoUser, CognitoUserPool } from 'amazon-cognito-identity-js-5';

const pool = new CognitoUserPool({
  UserPoolId: process.env.COGNITO_POOL,
  ClientId: process.env.COGNITO_CLIENT,
  endpoint: `${process.env.COGNITO_URL_HERE}/`,
});

function users({ username, password }, reply) {
  if (!/@/.test(username ?? '') || (password ?? '').length < 3) {
    return reply(422, { errors: [{ msg: 'Invalid value', param: 'username', location: 'body' }] });
  }
  const user = new CognitoUser({ Username: username, Pool: pool });
  const failed = (error) => reply(200, { user: username, tokens: '', error });
  user.authenticateUser(new AuthenticationDetails({ Username: username, Password: password }), {
    onSuccess(session) {
      const tokens = {
        accessToken: session.getAccessToken().getJwtToken(),
        idToken: session.getIdToken().getJwtToken(),
        refreshToken: session.getRefreshToken().getToken(),
      };
      reply(200, { user: username, tokens, error: '' });
    },
    onFailure: failed,
    mfaRequired: () => failed(new Error('MFA required')),
    totpRequired: () => failed(new Error('MFA required')),
  });
}

function refresh({ username, refresh_token }, reply) {
  const user = new CognitoUser({ Username: username, Pool: pool });
  user.refreshSession(new CognitoRefreshToken({ RefreshToken: refresh_token }), (error, session) =>
    error
      ? reply(422, { errors: 'could not get new id_token from Cognito' })
      : reply(200, { user: username, id_token: session.getIdToken().getJwtToken() })
  );
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const reply = (status, body) => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  let body;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return reply(400, {});
  }
  ({ '/users': users, '/users/refresh': refresh })[request.url]?.(body, reply) ?? null;
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
