// By itself, since what computes its probabilities takes longer to load than most commands to run.
export { comparePlans } from './compare/compare-plans.ts';
export { significanceOf } from './compare/significance.ts';
export type { Sample, Significance } from './compare/significance.ts';
