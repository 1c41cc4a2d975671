/**
 * Mixing methods of users' own Python packages: package → method → parameters. Empty here; what `mixlab catalog --from
 * PACKAGE` writes adds to it, by declaring this module again.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface UserMethods {}

/** Networks of users' own Python packages, by the name that they have in configs, with their family. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface UserBackbones {}

/** Any of those methods, resolved. */
export type UserMethod = {
  [P in keyof UserMethods & string]: {
    [N in keyof UserMethods[P] & string]: { readonly name: `${P}:${N}` } & Required<UserMethods[P][N]>;
  }[keyof UserMethods[P] & string];
}[keyof UserMethods & string];
