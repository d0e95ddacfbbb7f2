// The cases of the e2e suite of @proofgeist/fmdapi (github.com/proofgeist/proofkit, packages/fmdapi/tests/e2e, MIT),
// restated: its package has no tests. They were written for OttoFMS in front of a host; here the client asks the host itself.
import { DataApi, FetchAdapter } from '@proofkit/fmdapi';
import { assert, finish, refusal, step } from './steps.mjs';

const env = process.env;
const adapter = new FetchAdapter({
  server: env.FM_URL,
  db: 'Testing',
  auth: { username: env.FM_ACCOUNT, password: env.FM_PASSWORD },
});
const on = (layout) => DataApi({ adapter, layout });
const records = on('layout');
const WEIRD = 'long_and_strange.portalName#forTesting';
const ids = ({ data }) => data.map((record) => Number(record.fieldData.recordId));

await step('sort: descending, and ascending by default', async () => {
  assert.deepEqual(ids(await records.list({ sort: { fieldName: 'recordId', sortOrder: 'descend' } })), [3, 2, 1]);
  assert.deepEqual(ids(await records.list({ sort: { fieldName: 'recordId' } })), [1, 2, 3]);
});
await step('find: all, first, the only one', async () => {
  assert.equal((await records.find({ query: { anything: 'anything' } })).data.length, 2);
  assert.ok(!Array.isArray((await records.findFirst({ query: { anything: 'anything' } })).data));
  assert.ok(!Array.isArray((await records.findOne({ query: { anything: 'unique' } })).data));
});
await step('find: the only one of two', async () => {
  await refusal(records.findOne({ query: { anything: 'anything' } }));
});
await step('find: a request that omits stands alone', async () => {
  assert.deepEqual(ids(await records.find({ query: { anything: 'anything', omit: 'true' } })), [3]);
});
await step('portal: fifty rows by default, limit and offset', async () => {
  assert.equal((await records.list({ limit: 1 })).data[0].portalData.test.length, 50);
  const { data } = await records.list({ limit: 1, portalRanges: { test: { limit: 1, offset: 2 } } });
  assert.equal(data[0].portalData.test.length, 1);
  assert.match(data[0].portalData.test[0]['related::related_field'], /2/);
});
await step('portal: a row is updated', async () => {
  const rows = [{ 'related::related_field': 'updated', recordId: '1' }];
  await records.update({ recordId: 1, fieldData: { anything: 'anything' }, portalData: { test: rows } });
});
await step('portal: a strange name', async () => {
  const { data } = await on('Weird Portals').list({ limit: 1, portalRanges: { [WEIRD]: { limit: 100 } } });
  assert.ok(data[0].portalData[WEIRD].length > 50);
});
await step('list: without parameters, with an offset of 0', async () => {
  await records.list();
  await records.list({ offset: 0 });
});
await step('layouts with folders', async () => {
  const { layouts } = await records.layouts();
  assert.ok(layouts.length >= 2 && 'name' in layouts[0]);
  assert.ok('folderLayoutNames' in layouts.find((item) => 'isFolder' in item));
});
await step('scripts with folders', async () => {
  const { scripts } = await records.scripts();
  assert.equal(scripts.length, 3);
  assert.ok('name' in scripts[0] && 'isFolder' in scripts[1]);
});
await step('layout metadata', async () => {
  const answer = await records.layoutMetadata();
  assert.ok(Array.isArray(answer.fieldMetaData) && typeof answer.portalMetaData === 'object');
  assert.ok('name' in answer.fieldMetaData[0] && 'type' in answer.fieldMetaData[0]);
});
await step('all pages of a list and of a find', async () => {
  assert.equal((await records.listAll({ limit: 1 })).length, 3);
  assert.equal((await records.findAll({ query: { anything: 'anything' }, limit: 1 })).length, 2);
});
await step('script', async () => {
  const scriptParam = JSON.stringify({ hello: 'world' });
  assert.equal((await records.executeScript({ script: 'script', scriptParam })).scriptResult, 'result');
});
await step('container, and a repetition of one', async () => {
  const file = new Blob([Buffer.from('text')]);
  const containers = on('container');
  await containers.containerUpload({ containerFieldName: 'myContainer', file, recordId: '1' });
  const repeating = { containerFieldName: 'repeatingContainer', containerFieldRepetition: 2 };
  await containers.containerUpload({ ...repeating, file, recordId: '1' });
});

await adapter.disconnect();
finish();
