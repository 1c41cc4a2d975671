/** A project as `workspace.json` describes it. */
export interface MappedProject {
  /** Folder, relative to the workspace root. */
  readonly root: string;
  readonly tags: string[];
}

/**
 * Reads the `projects` of a project map.
 *
 * @throws Error naming every entry that is not `{ root, tags }`.
 */
export function parseProjectMap(map: unknown, file: string): Record<string, MappedProject> {
  const projects = isRecord(map) && isRecord(map['projects']) ? map['projects'] : undefined;
  if (!projects) throw new Error(`${file}: expected an object "projects"`);
  const wrong = Object.keys(projects).filter((name) => !isMappedProject(projects[name]));
  if (wrong.length > 0) throw new Error(`${file}: each project needs "root" and "tags": ${wrong.join(', ')}`);
  return projects as Record<string, MappedProject>;
}

function isMappedProject(value: unknown): value is MappedProject {
  return isRecord(value) && typeof value['root'] === 'string' && Array.isArray(value['tags']);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
