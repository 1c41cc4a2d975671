import { loadExperiments } from '../src/index.ts';
import { issueLines } from './issue-lines.ts';

// A process of its own: a test runner puts its own marks on stack traces.
console.log(issueLines(await loadExperiments({ home: process.argv[2]! })).join('\n'));
