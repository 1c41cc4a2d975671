import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTrialStatus } from '@mixlab/results';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  attemptLines,
  hashOf,
  processFields,
  statusText,
  temporaryFolder,
  writeTrial,
} from './run-directories.ts';
import type { TrialFiles } from './run-directories.ts';

const hash = hashOf('3f9c2b7e');
const now = new Date('2026-01-02T03:04:05Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const log = attemptLines(1, { 1: 50 });

function stateOf(files: TrialFiles & { provenance?: string; lock?: string; config?: string }) {
  const directory = writeTrial(temporaryFolder(), 'run', 1, files);
  if (files.provenance) writeFileSync(join(directory, 'provenance.json'), files.provenance);
  if (files.lock) writeFileSync(join(directory, 'lock'), files.lock);
  if (files.config) writeFileSync(join(directory, 'config.json'), files.config);
  const { state, hash: found, warnings } = readTrialStatus(directory, now.getTime());
  return { state, hash: found, warnings };
}

async function livingProcess(): Promise<number> {
  const child = execa('sleep', ['600'], { stdio: 'ignore', reject: false });
  onTestFinished(() => void child.kill());
  await once(child, 'spawn');
  return child.pid!;
}

describe('what the status says', () => {
  it.each(['interrupted', 'cancelled', 'failed', 'completed'])('%s', (state) => {
    expect(stateOf({ status: statusText(hash, { state }) })).toEqual({ state, hash, warnings: [] });
  });

  it('no directory, or an empty one: planned', () => {
    const planned = { state: 'planned', hash: null, warnings: [] };
    expect(readTrialStatus(join(temporaryFolder(), 'nothing'))).toMatchObject(planned);
    expect(stateOf({})).toEqual(planned);
  });
});

describe('a status that says running', () => {
  it('with its process alive', async () => {
    const status = statusText(hash, { state: 'running', ...processFields(await livingProcess()) });
    expect(stateOf({ status, writtenAt: ago(600) }).state).toBe('running');
  });

  it('with its process gone', async () => {
    const child = execa('sleep', ['600'], { stdio: 'ignore', reject: false });
    await once(child, 'spawn');
    const fields = processFields(child.pid!);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(stateOf({ status: statusText(hash, { state: 'running', ...fields }), writtenAt: now }).state).toBe(
      'stale',
    );
  });

  it('with another process under its pid', async () => {
    const fields = processFields(await livingProcess());
    const status = statusText(hash, {
      state: 'running',
      ...fields,
      pidStart: Number(fields['pidStart']) - 1,
    });
    expect(stateOf({ status, writtenAt: now }).state).toBe('stale');
  });

  it('from before the machine was started anew', async () => {
    const fields = processFields(await livingProcess());
    const status = statusText(hash, { state: 'running', ...fields, bootId: 'an earlier one' });
    expect(stateOf({ status, writtenAt: now }).state).toBe('stale');
  });

  it('on another machine, or in another container: as long as its status is written', async () => {
    const elsewhere = statusText(hash, { state: 'running' });
    expect(stateOf({ status: elsewhere, writtenAt: ago(1) }).state).toBe('running');
    expect(stateOf({ status: elsewhere, writtenAt: ago(11) }).state).toBe('stale');
    const fields = processFields(await livingProcess());
    const container = statusText(hash, { state: 'running', ...fields, pidNamespace: 'pid:[2]' });
    expect(stateOf({ status: container, writtenAt: ago(1) }).state).toBe('running');
    expect(stateOf({ status: container, writtenAt: ago(11) }).state).toBe('stale');
  });
});

it('a cancelled trial that somebody wants after all is interrupted', () => {
  const status = statusText(hash, { state: 'cancelled' });
  const directory = writeTrial(temporaryFolder(), 'run', 1, { status });
  expect(readTrialStatus(directory, now.getTime()).state).toBe('cancelled');
  writeFileSync(join(directory, 'resume'), '');
  expect(readTrialStatus(directory, now.getTime()).state).toBe('interrupted');
});

describe('a trial that somebody asks to end', () => {
  function asked(files: Parameters<typeof stateOf>[0]) {
    const directory = writeTrial(temporaryFolder(), 'run', 1, files);
    writeFileSync(join(directory, 'cancel'), '');
    const { state, cancelAsked } = readTrialStatus(directory, now.getTime());
    return [state, cancelAsked];
  }

  it.each(['interrupted', 'failed', 'cancelled'])('%s: is cancelled', (state) => {
    expect(asked({ status: statusText(hash, { state }) })).toEqual(['cancelled', true]);
  });

  it('before it began, or after its process died: is cancelled', () => {
    expect(asked({})).toEqual(['cancelled', true]);
    expect(asked({ log })).toEqual(['cancelled', true]);
    const status = statusText(hash, { state: 'running' });
    expect(asked({ status, writtenAt: ago(11) })).toEqual(['cancelled', true]);
  });

  it('runs until it has ended', () => {
    const status = statusText(hash, { state: 'running' });
    expect(asked({ status, writtenAt: ago(1) })).toEqual(['running', true]);
  });

  it('stays completed', () => {
    expect(asked({ status: statusText(hash) })).toEqual(['completed', false]);
  });
});

describe('a status that cannot be used', () => {
  const refused = 'nothing tells which run it is of, so that no start takes it; move it away';

  it.each([
    ['empty', '', 'status.json cannot be used: empty'],
    ['cut', statusText(hash).slice(0, 40), 'status.json cannot be used: not JSON'],
    ['of something else', '{"state": "completed"}', /^status.json cannot be used: schemaVersion: /],
    ['with an unknown state', statusText(hash, { state: 'done' }), /^status.json cannot be used: state: /],
  ])('%s', (_, status, warning) => {
    const stale = { state: 'stale', hash: null, warnings: [expect.stringMatching(warning)] };
    expect(stateOf({ status, log, config: '{}' })).toEqual(stale);
    expect(stateOf({ status, log })).toEqual({ ...stale, warnings: [...stale.warnings, refused] });
  });

  it('alone: the next start takes one that was cut off, and none of something else', () => {
    const cutOff = { state: 'stale', hash: null, warnings: ['status.json cannot be used: not JSON'] };
    expect(stateOf({ status: '{"state": "runn' })).toEqual(cutOff);
    expect(stateOf({ status: '{"status": "green"}' }).warnings).toContain(refused);
    expect(stateOf({ log: '' })).toEqual({ state: 'planned', hash: null, warnings: [] });
    expect(stateOf({ status: '', log: '' }).warnings).toEqual(['status.json cannot be used: empty']);
  });

  it('not there, though a log is', () => {
    const warnings = ['a log, but no status.json', refused];
    expect(stateOf({ log })).toEqual({ state: 'stale', hash: null, warnings });
  });

  it('the provenance still tells whose it is, and the lock who works there', async () => {
    const provenance = JSON.stringify({ hash });
    expect(stateOf({ status: '{', log, provenance })).toMatchObject({ state: 'stale', hash });
    const lock = JSON.stringify({ ...processFields(await livingProcess()), token: '1f' });
    expect(stateOf({ status: '{', log, lock })).toMatchObject({ state: 'running' });
    expect(stateOf({ lock })).toEqual({ state: 'running', hash: null, warnings: [] });
  });

  it('is a folder', () => {
    const directory = writeTrial(temporaryFolder(), 'run', 1, { log });
    mkdirSync(join(directory, 'status.json'));
    expect(readTrialStatus(directory)).toMatchObject({
      state: 'stale',
      warnings: ['status.json cannot be used: EISDIR', refused],
    });
  });
});
