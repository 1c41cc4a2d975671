import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';

/** What test runners really ran. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Suite {
  readonly tests?: string;
  readonly failures?: string;
  readonly errors?: string;
  readonly skipped?: string;
  readonly testcase?: readonly Case[];
  readonly testsuite?: readonly Suite[];
}

interface Case {
  readonly failure?: unknown;
  readonly error?: unknown;
  readonly skipped?: unknown;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  isArray: (name) => name === 'testsuite' || name === 'testcase',
});

/** Adds up the test cases of every JUnit file in a folder. */
export function countTests(folder: string): TestCounts {
  const files = readdirSync(folder).filter((name) => name.endsWith('.xml'));
  const cases = files.flatMap((name) => {
    const document = parser.parse(readFileSync(join(folder, name), 'utf8')) as {
      testsuites?: Suite;
      testsuite?: readonly Suite[];
    };
    return (document.testsuites ? [document.testsuites] : (document.testsuite ?? [])).flatMap(casesOf);
  });
  const failed = cases.filter((test) => test.failure !== undefined || test.error !== undefined).length;
  const skipped = cases.filter((test) => test.skipped !== undefined).length;
  return { passed: cases.length - failed - skipped, failed, skipped };
}

function casesOf(suite: Suite): readonly Case[] {
  return [...(suite.testcase ?? []), ...(suite.testsuite ?? []).flatMap(casesOf)];
}
