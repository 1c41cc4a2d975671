export { packAll } from './pack-all.ts';
export type { Packed } from './pack-all.ts';
