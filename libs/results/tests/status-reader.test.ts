import { appendFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStatus, StatusReader } from '@mixlab/results';
import type { RunStatus } from '@mixlab/results';
import { expect, it } from 'vitest';
import {
  attemptLines,
  hashOf,
  planOf,
  planRun,
  statusText,
  temporaryFolder,
  writeTrial,
} from './run-directories.ts';

const hash = hashOf('3f9c2b7e');
const name = 'resnet18-mixup-ep10-3f9c2b7e';
const plan = planOf([planRun(name, hash), planRun('resnet18-cutmix-ep10-11112222', hashOf('11112222'))]);
const renamed = 'renamed-11112222';
const longAgo = new Date('2026-01-02T03:04:05Z');

/** What is not looked at does not age. */
function ageless(status: RunStatus): RunStatus {
  return { ...status, secondsSinceHeartbeat: null };
}

it('each look sees what has changed since the one before, as a first look would, and so does one that is told where', () => {
  const folder = temporaryFolder();
  const trial = join(folder, name, 'trial1');
  const status = join(trial, 'status.json');
  const log = join(trial, 'log.jsonl');
  const age = (path: string) => utimesSync(path, longAgo, longAgo);
  const changes: (() => void)[] = [
    () => {},
    () =>
      writeTrial(folder, name, 1, {
        status: statusText(hash, { state: 'interrupted', epoch: 1 }),
        log: attemptLines(1, { 1: 50 }),
      }),
    () => [status, log, join(folder, name)].forEach(age),
    () => {},
    // As the trainer writes: another file of the same size and time takes the place.
    () => {
      writeFileSync(`${status}.tmp`, statusText(hash, { state: 'interrupted', epoch: 2 }));
      age(`${status}.tmp`);
      renameSync(`${status}.tmp`, status);
    },
    () => {
      appendFileSync(log, attemptLines(1, { 2: 60 }));
      age(log);
    },
    () => writeFileSync(join(trial, 'cancel'), ''),
    () => rmSync(join(trial, 'cancel')),
    () => writeFileSync(status, '{'),
    () => writeTrial(folder, name, 2, { status: statusText(hash) }),
    () => writeTrial(folder, renamed, 2, { status: statusText(hashOf('11112222')) }),
    () => rmSync(join(folder, name), { recursive: true }),
    () => rmSync(folder, { recursive: true }),
  ];
  const reader = new StatusReader(plan, folder);
  const told = new StatusReader(plan, folder);
  const seen = changes.map((change, index) => {
    change();
    const now = Date.now();
    const found = reader.look(now);
    expect(found).toEqual(readStatus(plan, folder, now));
    const changed = { 10: [renamed], 12: [name, renamed] }[index] ?? [name];
    expect(told.look(now, new Set(changed)).map(ageless)).toEqual(found.map(ageless));
    return found.map(({ state, epoch, value }) => `${state} ${epoch} ${value}`).join(', ');
  });
  expect(new Set(seen).size).toBe(changes.length - 4);
});
