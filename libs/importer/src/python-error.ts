import type { SourceLocation } from '@mixlab/contracts';

/** What Python itself would stop at: `KeyError: 'models'`. */
export class PythonError extends Error {
  /** The statement that stops. */
  at?: SourceLocation;

  constructor(kind: string, message: string) {
    super(`${kind}: ${message}`);
    this.name = 'PythonError';
  }
}

/** Python goes on here, but what it gets is not worked out. */
export class NotEvaluated extends Error {
  /** The statement that is left out. */
  at?: SourceLocation;

  constructor(message: string) {
    super(message);
    this.name = 'NotEvaluated';
  }
}
