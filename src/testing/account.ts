import { ACTION_CLASSES } from '../catalog/action-classes.js'
import { ClassSet } from './class-set.js'

/** An account of the fake. */
export interface FakeUser {
  readonly secret: string
  /** The classes of events that it may see, as in manager.conf: `call,user`. An event needs all of its classes. @default 'all' */
  readonly read?: string | undefined
  /** The classes of actions that it may run, as in manager.conf. An action needs one of its classes, if it has any. @default 'all' */
  readonly write?: string | undefined
  /** Whether it may be logged in twice. @default true */
  readonly allowMultipleLogin?: boolean | undefined
}

const CLASSES_BY_ACTION = new Map(Object.entries(ACTION_CLASSES).map(([name, classes]) => [name.toLowerCase(), classes]))

/** Who may log in, and what they may do then. */
export class Account {
  readonly secret: string
  readonly allowsMultipleLogin: boolean
  readonly #read: ClassSet
  readonly #write: ClassSet

  constructor({ secret, read = 'all', write = 'all', allowMultipleLogin = true }: FakeUser) {
    this.secret = secret
    this.allowsMultipleLogin = allowMultipleLogin
    this.#read = ClassSet.ofRights(read)
    this.#write = ClassSet.ofRights(write)
  }

  /** What `manager show user` prints of it. */
  describe(username: string): string[] {
    const rows = [
      ['username', username],
      ['secret', '<Set>'],
      ['ACL', 'no'],
      ['read perm', this.#read],
      ['write perm', this.#write],
      ['displayconnects', 'yes'],
      ['allowmultiplelogin', this.allowsMultipleLogin ? 'yes' : 'no'],
      ['Variables', ''],
    ] as const
    return ['', ...rows.map(([label, value]) => `${label.padStart(18)}: ${value}`)]
  }

  maySee(classes: readonly string[]): boolean {
    return this.#read.hasAll(classes)
  }

  /** An action that the catalog does not know, such as a test's own, may be run by everybody. */
  mayRun(action: string): boolean {
    const classes = CLASSES_BY_ACTION.get(action.toLowerCase()) ?? []
    return classes.length === 0 || this.#write.hasAny(classes)
  }
}

/** A client that a test's own handler has let in, or a recording: it may do everything. */
export const ANYBODY = new Account({ secret: '' })
