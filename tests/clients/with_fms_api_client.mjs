// fms-api-client, as its manual uses it. It hangs after a refused login, so none is tried.
import fms from 'fms-api-client';
import marpat from 'marpat';
import { assert, finish, refusal, step } from './steps.mjs';

const env = process.env;
await marpat.connect('nedb://memory');
const client = fms.Filemaker.create({
  database: 'Club',
  server: env.FM_URL,
  user: env.FM_ACCOUNT,
  password: env.FM_PASSWORD,
});
await client.save();
const made = {};
const layout = 'Members';

await step('log in', async () => {
  assert.match((await client.login()).token, /^[0-9a-f]{50,52}$/);
});

await step('find', async () => {
  const { data, dataInfo } = await client.find(layout, [{ Name: 'Lovelace' }]);
  assert.equal(dataInfo.foundCount, 1);
  assert.deepEqual([data[0].fieldData.Name, data[0].fieldData.Score], ['Ada Lovelace', 9]);
});

await step('find nothing', async () => {
  assert.deepEqual((await client.find(layout, { Name: 'Nobody' })).data, []);
});

await step('find, omit, sort, limit', async () => {
  const { data, dataInfo } = await client.find(layout, [{ Name: '*' }, { Name: 'Grace', omit: true }], {
    sort: [{ fieldName: 'Score', sortOrder: 'ascend' }],
    limit: 1,
  });
  assert.deepEqual([dataInfo.foundCount, dataInfo.returnedCount], [2, 1]);
  assert.equal(data[0].fieldData.Name, 'Zoë Ångström');
});

await step('list', async () => {
  const { data } = await client.list(layout, {
    limit: 2,
    sort: [{ fieldName: 'Score', sortOrder: 'descend' }],
  });
  assert.deepEqual(data.map((record) => record.fieldData.id), ['M-001', 'M-002']);
});

await step('portals', async () => {
  const { data } = await client.get(layout, 1, { portal: ['Notes'], '_offset.Notes': 2, '_limit.Notes': 1 });
  assert.deepEqual(data[0].portalData.Notes.map((row) => row['note::text']), ['second']);
});

await step('create with portal rows', async () => {
  const { recordId } = await client.create(
    layout,
    { Name: 'Katherine Johnson', Score: 8.25 },
    { portalData: { Notes: [{ 'note::text': 'new' }] } }
  );
  made.id = recordId;
  const { data } = await client.get(layout, recordId);
  assert.equal(data[0].fieldData.Score, 8.25);
  assert.deepEqual(data[0].portalData.Notes.map((row) => row['note::text']), ['new']);
});

await step('edit with modId', async () => {
  const { modId } = await client.edit(layout, made.id, { Score: 10 }, { modId: 0 });
  assert.equal(modId, '1');
  assert.equal((await refusal(client.edit(layout, made.id, { Score: 11 }, { modId: 0 }))).code, '306');
});

await step('duplicate', async () => {
  const { recordId } = await client.duplicate(layout, made.id);
  assert.equal((await client.get(layout, recordId)).data[0].fieldData.Name, 'Katherine Johnson');
  await client.delete(layout, recordId);
});

await step('script', async () => {
  const { scriptResult, scriptError } = await client.script(layout, 'Echo', 'a & b + c # ü');
  assert.deepEqual([scriptResult, scriptError], ['a & b + c # ü', '0']);
});

await step('script with a list', async () => {
  assert.deepEqual(await client.run(layout, { name: 'Echo', param: { hello: 'ü' } }), {
    scriptResult: { hello: 'ü' },
  });
});

await step('script with a find', async () => {
  const found = await client.find(layout, { Name: 'Grace' }, {
    scripts: [
      { name: 'Echo', phase: 'prerequest', param: 'before' },
      { name: 'Echo', param: 'after' },
    ],
  });
  assert.deepEqual([found.scriptResult, found['scriptResult.prerequest']], ['after', 'before']);
});

await step('globals', async () => {
  await client.globals({ 'member::gGreeting': 'hello' });
  assert.equal((await client.get(layout, 1)).data[0].fieldData.gGreeting, 'hello');
});

await step('container up and down', async () => {
  const buffer = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
  await client.upload({ name: 'photo.png', buffer }, layout, 'Photo', made.id);
  const { data } = await client.get(layout, made.id);
  const file = await fms.containerData(data[0], 'fieldData.Photo', 'buffer', 'recordId');
  assert.ok(file.buffer.equals(buffer));
  assert.match(file.name, /\.png$/);
});

await step('layouts, scripts, metadata', async () => {
  const { layouts } = await client.layouts();
  assert.deepEqual(layouts.map((item) => item.name).sort(), ['Members', 'Übersicht der Mitglieder']);
  assert.deepEqual((await client.scripts()).scripts.map((script) => script.name), ['Echo', 'Raise']);
  assert.equal((await client.layout(layout)).fieldMetaData[0].name, 'id');
});

await step('delete', async () => {
  await client.delete(layout, made.id);
  assert.equal((await refusal(client.get(layout, made.id))).code, '101');
});

await step('log out', async () => {
  await client.logout();
});

finish();
