// What Soliant's clients do (curl from FileMaker: JSON or a form, `tokens.idToken`, `error`), against our token service.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { assert, finish, step } from './steps.mjs';

const env = process.env;
const service = spawn(env.OUR_PYTHON, ['-m', 'filemaker_mcp.server', 'token-service', '--port', '0'], {
  env: { ...env, FILEMAKER_CLARIS_URL: env.COGNITO_URL_HERE, SSL_CERT_FILE: env.FM_AUTHORITY },
  stdio: ['ignore', 'ignore', 'pipe'],
});
let said = '';
while (!/http:\S+users/.test(said)) said += (await once(service.stderr, 'data'))[0];
const [address] = said.match(/http:\S+(?=\/users)/);

async function post(path, fields, type = 'application/json') {
  const body = type.endsWith('json') ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
  const response = await fetch(address + path, { method: 'POST', headers: { 'Content-Type': type }, body });
  return { status: response.status, ...(await response.json()) };
}

const ada = { username: env.CLARIS_ID, password: env.CLARIS_PASSWORD };

await step('tokens, by JSON and by a form', async () => {
  for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
    const answer = await post('/users', ada, type);
    assert.equal(answer.error, '');
    assert.deepEqual(Object.keys(answer.tokens).sort(), ['accessToken', 'idToken', 'refreshToken']);
  }
});

await step('a new id token', async () => {
  const { tokens } = await post('/users', ada);
  const answer = await post('/users/refresh', { username: ada.username, refresh_token: tokens.refreshToken });
  assert.equal(answer.id_token.split('.').length, 3);
});

await step('a wrong password, told and not repeated', async () => {
  for (const status of [401, 401]) {
    const answer = await post('/users', { ...ada, password: 'wrong' });
    assert.deepEqual([answer.status, answer.tokens, answer.error.code], [status, '', 'denied']);
  }
});

await step('malformed names and bodies', async () => {
  assert.equal((await post('/users', { username: 'x', password: 'y' })).errors[0].msg, 'Invalid value');
  const response = await fetch(`${address}/users`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{' });
  assert.equal(response.status, 400);
});

service.kill();
finish();
