import type { JsonSchema } from '@mixlab/contracts/json';
import type { Rule } from './rule.ts';

/** What a user's own Python package adds to the catalog, as `python -m mixlab.schema --from PACKAGE` prints it. */
export interface CatalogExtension {
  readonly package: string;
  /** Version of the run config's format that it is written for. */
  readonly schemaVersion: number;
  readonly methods: readonly ExtensionMethod[];
  readonly backbones: readonly ExtensionBackbone[];
  /** Rules between the parameters of its methods. */
  readonly rules: readonly Rule[];
}

export interface ExtensionMethod {
  /** `my_pkg:halves`. */
  readonly name: string;
  readonly className: string;
  readonly summary: string;
  readonly doc: string;
  /** arXiv number, DOI or venue. */
  readonly paper: string;
  readonly needs: readonly string[];
  /** Its parameters, whole: `$defs` holds what it refers to. */
  readonly schema: JsonSchema;
}

export interface ExtensionBackbone {
  /** `my_pkg:TinyNet`. */
  readonly name: string;
  readonly family: string;
}
