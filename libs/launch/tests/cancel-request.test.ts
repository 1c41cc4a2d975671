import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancelRequestSchema } from '@mixlab/contracts';
import { requestCancel } from '@mixlab/launch';
import { expect, it, onTestFinished } from 'vitest';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab cancel '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('a request is a whole file, whether or not the trial has a directory', () => {
  const directory = join(temporaryFolder(), 'resnet8-1a1a1a1a', 'trial1');
  for (let times = 0; times < 2; times++) {
    requestCancel(directory, '1a'.repeat(32));
    expect(readdirSync(directory)).toEqual(['cancel']);
    const request = cancelRequestSchema.parse(JSON.parse(readFileSync(join(directory, 'cancel'), 'utf8')));
    expect(request.hash).toBe('1a'.repeat(32));
  }
});
