// Who imports this file from another project finds those types by this line alone.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./cephes.d.ts" />
import { compiled, incbet } from 'cephes';

await compiled;

/** How likely |T| ≥ |t| is for Student's t with so many degrees of freedom, which need not be whole. */
export function twoSidedP(t: number, degrees: number): number {
  if (Number.isNaN(t)) return NaN;
  return Number.isFinite(t) ? incbet(degrees / 2, 0.5, degrees / (degrees + t * t)) : 0;
}
