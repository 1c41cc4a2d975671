/** Does nothing, through an executor in TypeScript: what an Nx target costs by itself. */
export default async function empty(): Promise<{ success: boolean }> {
  return { success: true };
}
