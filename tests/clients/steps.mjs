// How a trial of somebody else's client says what went well: a line on standard output for each step.
import assert from 'node:assert/strict';

export { assert };
let failed = false;

export async function step(name, action) {
  try {
    await action();
    console.log(`ok ${name}`);
  } catch (error) {
    failed = true;
    console.error(error);
    console.log(`FAILED ${name}`);
  }
}

export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('what should be refused was accepted');
}

export function finish() {
  process.exit(failed ? 1 : 0);
}
