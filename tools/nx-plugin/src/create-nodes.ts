import {
  createNodesFromFiles,
  type CreateNodesV2,
  type ProjectConfiguration,
  readJsonFile,
} from '@nx/devkit';
import { join } from 'node:path';
import { pythonTargets } from './python-targets';
import { typescriptTargets } from './typescript-targets';
import { parseProjectMap } from './project-map';

/** Gives every project of `workspace.json` its name, tags and the standard targets of its kind. */
export const createNodesV2: CreateNodesV2 = [
  'workspace.json',
  (files, options, context) =>
    createNodesFromFiles(
      (file) => {
        const map = parseProjectMap(readJsonFile(join(context.workspaceRoot, file)), file);
        const projects: Record<string, ProjectConfiguration> = {};
        for (const [name, { root, tags }] of Object.entries(map)) {
          const python = tags.includes('type:python');
          projects[root] = {
            name,
            root,
            tags,
            targets: python ? pythonTargets(name, root) : typescriptTargets(name, root),
          };
        }
        return { projects };
      },
      files,
      options,
      context,
    ),
];
