import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countTests } from '../src/junit.ts';

const vitest = `<?xml version="1.0" encoding="UTF-8" ?>
<testsuites name="vitest tests" tests="3" failures="1" errors="0">
  <testsuite name="tests/a.test.ts" tests="3" failures="1" errors="0" skipped="1">
    <testcase classname="tests/a.test.ts" name="adds" time="0.001"></testcase>
    <testcase classname="tests/a.test.ts" name="fails" time="0.001"><failure message="no">no</failure></testcase>
    <testcase classname="tests/a.test.ts" name="waits"><skipped/></testcase>
  </testsuite>
</testsuites>`;

const pytest = `<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="0" skipped="0" tests="2">
  <testcase classname="tests.test_b" name="test_one" time="0.2" />
  <testcase classname="tests.test_b" name="test_two" time="0.1"><error message="setup">x</error></testcase>
</testsuite></testsuites>`;

describe('counting tests', () => {
  it('adds up what vitest and pytest ran', () => {
    const folder = mkdtempSync(join(tmpdir(), 'junit-'));
    writeFileSync(join(folder, 'a.xml'), vitest);
    writeFileSync(join(folder, 'b.xml'), pytest);
    expect(countTests(folder)).toEqual({ passed: 2, failed: 2, skipped: 1 });
  });
});
