// The cases of fms-api-client's live suite (github.com/Luidog/fms-api-client, folder `test`, MIT), restated: its package has
// no tests. Left out are cases of the client alone: time-outs, its queue, what it refuses before it asks the host.
import fms from 'fms-api-client';
import marpat from 'marpat';
import { assert, finish, refusal, step } from './steps.mjs';

const env = process.env;
await marpat.connect('nedb://memory');
const client = fms.Filemaker.create({
  database: 'Galaxy',
  server: env.FM_URL,
  user: env.FM_ACCOUNT,
  password: env.FM_PASSWORD,
});
await client.save();
const layout = 'Heroes';
const keys = (object, ...names) => assert.deepEqual(Object.keys(object).sort(), names.sort());
const hero = async () => (await client.create(layout, { name: 'Obi-Wan' })).recordId;
const script = 'FMS Triggered Script';

await step('create: fields, no fields, fieldData', async () => {
  for (const data of [{ name: 'Han Solo' }, undefined, { fieldData: { name: 'Han Solo' } }])
    keys(await client.create(layout, data), 'recordId', 'modId');
});
await step('create: portal rows answer recordId and modId alone', async () => {
  const portalData = { Vehicles: [{ 'Vehicles::name': 'Falcon' }, { 'Vehicles::name': 5 }] };
  keys(await client.create(layout, { fieldData: { name: 'Han' }, portalData }), 'recordId', 'modId');
});
await step('create: arrays, objects and numbers', async () => {
  keys(await client.create(layout, { array: ['ben'], object: { a: 'b' }, height: 52 }), 'recordId', 'modId');
});
await step('create: scripts in two phases', async () => {
  const scripts = [{ name: script, param: 'data' }, { name: script, phase: 'prerequest', param: { data: 2 } }];
  keys(
    await client.create(layout, { name: 'Han' }, { scripts }),
    'recordId', 'modId', 'scriptResult', 'scriptError', 'scriptResult.prerequest', 'scriptError.prerequest'
  );
});
await step('create: bad data is refused', async () => {
  assert.ok((await refusal(client.create(layout, { nothing: 'like it' }))).code);
});
await step('edit: fields, fieldData', async () => {
  keys(await client.edit(layout, await hero(), { name: 'Luke' }), 'modId');
  keys(await client.edit(layout, await hero(), { fieldData: { name: 'Luke' } }), 'modId');
});
await step('edit: portal rows answer newPortalRecordInfo', async () => {
  const portalData = { Vehicles: [{ 'Vehicles::name': 'Falcon' }] };
  keys(await client.edit(layout, await hero(), { fieldData: {}, portalData }), 'modId', 'newPortalRecordInfo');
});
await step('edit: scripts', async () => {
  keys(await client.edit(layout, await hero(), { name: 'Han' }, { script }), 'modId', 'scriptResult', 'scriptError');
});
await step('get', async () => {
  keys(await client.get(layout, await hero()), 'data', 'dataInfo');
});
await step('get: portal named in another case, limit with and without underscore', async () => {
  for (const limit of ['limit.planets', '_limit.planets'])
    keys(await client.get(layout, 1, { portal: ['planets'], [limit]: 2 }), 'data', 'dataInfo');
  const { data } = await client.get(layout, 1, { portal: ['planets'], '_limit.planets': 2 });
  assert.equal(data[0].portalData.Planets.length, 2);
});
await step('get: an impossible record', async () => {
  assert.equal((await refusal(client.get(layout, '-2'))).code, '101');
});
await step('list: limit as number and text, offset', async () => {
  for (const page of [{ _limit: '2' }, { _limit: 2 }, { limit: 2, offset: 2 }])
    assert.equal((await client.list(layout, page)).data.length, 2);
});
await step('list: a portal in another case', async () => {
  const { data } = await client.list(layout, { _limit: 2, portals: [{ name: 'planets', limit: 1, offset: 1 }] });
  keys(data[0], 'fieldData', 'modId', 'portalData', 'recordId', 'portalDataInfo');
});
await step('list: a limit that is none', async () => {
  assert.ok((await refusal(client.list(layout, { limit: -2 }))).code);
});
await step('find: requests, omit, limit, sort', async () => {
  keys(await client.find(layout, [{ id: '*' }, { name: '*' }]), 'data', 'dataInfo');
  keys(await client.find(layout, [{ id: '*' }, { omit: 'true', name: 'Yoda' }]), 'data', 'dataInfo');
  const sort = [{ fieldName: 'id', sortOrder: 'descend' }];
  assert.equal((await client.find(layout, { id: '*' }, { sort, limit: 2 })).data.length, 2);
});
await step('find: a portal in another case', async () => {
  const found = await client.find(layout, { id: '*' }, { portal: ['planets'], 'limit.planets': 2, limit: 2 });
  assert.equal(found.data.length, 2);
});
await step('find: nothing', async () => {
  assert.deepEqual((await client.find(layout, { name: 'bruce springsteen' })).data, []);
});
await step('find: a script before the sort', async () => {
  const sort = [{ fieldName: 'id', sortOrder: 'descend' }];
  const found = await client.find(layout, { id: '*' }, { 'script.presort': script, 'script.presort.param': 'han', sort });
  keys(found, 'data', 'dataInfo', 'scriptResult.presort', 'scriptError.presort');
  assert.equal(found['scriptError.presort'], '0');
});
await step('find: a script that fails keeps the answer', async () => {
  const found = await client.find(layout, { id: '*' }, { script: 'Error Script', limit: 2 });
  keys(found, 'data', 'dataInfo', 'scriptResult', 'scriptError');
});
await step('find: no such layout', async () => {
  assert.equal((await refusal(client.find('No Layout', { id: '*' }))).code, '105');
});
await step('script: parameters of every type', async () => {
  for (const parameter of [{ name: 'han' }, 'text', 1, [], undefined])
    keys(await client.script(layout, script, parameter), 'scriptResult', 'scriptError');
  assert.equal(typeof (await client.script(layout, 'Non JSON Script')).scriptResult, 'string');
});
await step('script: none of that name', async () => {
  assert.equal((await refusal(client.script(layout, 'Made up Script'))).code, '104');
});
await step('list: scripts in three phases', async () => {
  const scripts = ['prerequest', 'presort', undefined].map((phase) => ({ name: script, param: { a: 1 }, phase }));
  const listed = await client.list(layout, { limit: 2, scripts });
  assert.equal(Object.keys(listed).length, 8);
});
await step('delete: scripts that fail', async () => {
  const scripts = ['prerequest', undefined, 'presort'].map((phase) => ({ name: 'Error Script', param: 'x', phase }));
  assert.equal(typeof (await client.delete(layout, await hero(), { scripts })), 'object');
  assert.ok((await refusal(client.delete(layout, '-2'))).code);
});
await step('duplicate', async () => {
  keys(await client.duplicate(layout, await hero()), 'recordId', 'modId');
});
await step('globals: one, and a field that is none', async () => {
  assert.equal(typeof (await client.globals({ 'Globals::ship': 'Falcon' })), 'object');
  assert.ok((await refusal(client.globals({ ship: 'Falcon' }))).code);
});
await step('layout', async () => {
  keys(await client.layout(layout), 'fieldMetaData', 'portalMetaData');
  assert.equal((await refusal(client.layout('not a layout'))).code, '105');
});
await step('upload: to a new record, to a record, to a repetition', async () => {
  const file = { buffer: Buffer.from('text'), name: 'placeholder.md' };
  assert.equal((await client.upload(file, layout, 'image')).modId, '1');
  assert.equal((await client.upload(file, layout, 'image', await hero())).modId, '1');
  assert.equal((await client.upload(file, 'Images', 'container', undefined, { fieldRepetition: 2 })).modId, '1');
  assert.ok((await refusal(client.upload(file, 'No layout', 'image', 1))).code);
});

await client.logout();
finish();
