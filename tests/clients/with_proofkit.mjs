// @proofkit/fmdapi, as its manual uses it.
import { DataApi, FetchAdapter } from '@proofkit/fmdapi';
import { assert, finish, refusal, step } from './steps.mjs';

const env = process.env;
const adapter = (password = env.FM_PASSWORD) =>
  new FetchAdapter({ server: env.FM_URL, db: 'Club', auth: { username: env.FM_ACCOUNT, password } });
const shared = adapter();
const members = DataApi({ adapter: shared, layout: 'Members' });
const overview = DataApi({ adapter: shared, layout: 'Übersicht der Mitglieder' });
const made = {};

await step('wrong password', async () => {
  const error = await refusal(DataApi({ adapter: adapter('wrong'), layout: 'Members' }).list());
  assert.equal(error.code, '212');
});

await step('log in', async () => {
  assert.match(await shared.getToken(), /^[0-9a-f]{50,52}$/);
});

await step('find', async () => {
  const { data, dataInfo } = await members.find({ query: { Name: 'Lovelace' } });
  assert.equal(dataInfo.foundCount, 1);
  assert.deepEqual([data[0].fieldData.Name, data[0].fieldData.Score], ['Ada Lovelace', 9]);
});

await step('find nothing', async () => {
  assert.equal((await refusal(members.find({ query: { Name: 'Nobody' } }))).code, '401');
  assert.equal(await members.maybeFindFirst({ query: { Name: 'Nobody' } }), null);
});

await step('find, omit, sort, limit', async () => {
  const { data, dataInfo } = await members.find({
    query: [{ Name: '*' }, { Name: 'Grace', omit: 'true' }],
    sort: { fieldName: 'Score', sortOrder: 'ascend' },
    limit: 1,
  });
  assert.deepEqual([dataInfo.foundCount, dataInfo.returnedCount], [2, 1]);
  assert.equal(data[0].fieldData.Name, 'Zoë Ångström');
});

await step('list', async () => {
  const { data } = await members.list({ sort: { fieldName: 'Score', sortOrder: 'descend' }, limit: 2 });
  assert.deepEqual(data.map((record) => record.fieldData.id), ['M-001', 'M-002']);
  assert.equal((await members.listAll({ limit: 2 })).length, 3);
});

await step('portals', async () => {
  const { data } = await members.list({
    limit: 1,
    portal: ['Notes'],
    portalRanges: { Notes: { offset: 2, limit: 1 } },
  });
  assert.deepEqual(data[0].portalData.Notes.map((row) => row['note::text']), ['second']);
});

await step('find with portal ranges', async () => {
  const { data } = await members.find({ query: { id: '==M-001' }, portalRanges: { Notes: { limit: 1 } } });
  assert.equal(data[0].portalDataInfo[0].foundCount, 3);
});

await step('create with portal rows', async () => {
  made.id = (
    await members.create({
      fieldData: { Name: 'Katherine Johnson', Score: 8.25, 'Phone(2)': '2-2' },
      portalData: { Notes: [{ 'note::text': 'new' }] },
    })
  ).recordId;
  const { data } = await members.get({ recordId: Number(made.id) });
  assert.equal(data[0].fieldData.Score, 8.25);
  assert.deepEqual(data[0].portalData.Notes.map((row) => row['note::text']), ['new']);
});

await step('edit with modId', async () => {
  const { modId } = await members.update({ recordId: Number(made.id), fieldData: { Score: 10 }, modId: 0 });
  assert.equal(modId, '1');
  const stale = members.update({ recordId: Number(made.id), fieldData: { Score: 11 }, modId: 0 });
  assert.equal((await refusal(stale)).code, '306');
});

await step('script', async () => {
  const { scriptResult, scriptError } = await members.executeScript({
    script: 'Echo',
    scriptParam: 'a & b + c # ü',
  });
  assert.deepEqual([scriptResult, scriptError], ['a & b + c # ü', '0']);
});

await step('script with a find', async () => {
  const found = await members.find({
    query: { Name: 'Grace' },
    script: 'Echo',
    'script.param': 'after',
    'script.prerequest': 'Echo',
    'script.prerequest.param': 'before',
  });
  assert.deepEqual([found.scriptResult, found['scriptResult.prerequest']], ['after', 'before']);
});

await step('globals', async () => {
  await members.globals({ globalFields: { 'member::gGreeting': 'hello' } });
  assert.equal((await members.get({ recordId: 1 })).data[0].fieldData.gGreeting, 'hello');
});

await step('container up', async () => {
  const file = new File([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])], 'photo.png');
  await members.containerUpload({ recordId: made.id, containerFieldName: 'Photo', file });
  assert.match((await members.get({ recordId: made.id })).data[0].fieldData.Photo, /\.png/);
});

await step('names in other alphabets', async () => {
  assert.equal((await overview.findOne({ query: { Name: 'Ångström' } })).data.fieldData.id, 'M-003');
});

await step('layouts, scripts, metadata', async () => {
  const { layouts } = await shared.layouts();
  assert.deepEqual(layouts.map((layout) => layout.name).sort(), ['Members', 'Übersicht der Mitglieder']);
  assert.deepEqual((await shared.scripts()).scripts.map((script) => script.name), ['Echo', 'Raise']);
  assert.equal((await members.layoutMetadata()).fieldMetaData[0].name, 'id');
});

await step('delete', async () => {
  await members.delete({ recordId: Number(made.id) });
  assert.equal((await refusal(members.get({ recordId: made.id }))).code, '101');
});

await step('log out, then log in by itself', async () => {
  const before = await shared.getToken();
  await shared.disconnect();
  assert.equal((await members.get({ recordId: 1 })).data[0].fieldData.Name, 'Ada Lovelace');
  assert.notEqual(await shared.getToken(), before);
  await shared.disconnect();
});

finish();
