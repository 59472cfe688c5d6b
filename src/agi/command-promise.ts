/** What a command comes to. It knows whether somebody waits for it, which a plain promise does not tell. */
class CommandPromise<T> extends Promise<T> {
  /** What is made of it with `then` is a promise as any other. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  isAwaited = false

  // biome-ignore lint/suspicious/noThenProperty: this is how it knows.
  override then<Done = T, Failed = never>(
    onDone?: ((value: T) => Done | PromiseLike<Done>) | null,
    onFailed?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    this.isAwaited = true
    return super.then(onDone, onFailed)
  }
}

/**
 * The commands of a session that failed while nobody waited for them. Node would end the process, with all of its calls; here the first of them is told of
 * when the script is over, since until then somebody may still come to wait for it.
 */
export class UnawaitedCommands {
  readonly #failed: { readonly promise: CommandPromise<unknown>; readonly error: unknown }[] = []
  #report: ((error: unknown) => void) | undefined

  /** The same promise, but for that. */
  contain<T>(work: Promise<T>): Promise<T> {
    const promise = new CommandPromise<T>((resolve, reject) => {
      work.then(resolve, (error: unknown) => {
        reject(error)
        this.#rejected(promise, error)
      })
    })
    return promise
  }

  /** The script is over: nobody comes to wait any more. */
  reportTo(report: (error: unknown) => void): void {
    let isReported = false
    this.#report = (error) => {
      if (!isReported) report(error)
      isReported = true
    }
    for (const { promise, error } of this.#failed.splice(0)) if (!promise.isAwaited) this.#report(error)
  }

  #rejected(promise: CommandPromise<unknown>, error: unknown): void {
    if (promise.isAwaited) return
    // It counts as handled, and is not awaited by that.
    Promise.prototype.then.call(promise, undefined, () => undefined)
    if (this.#report === undefined) this.#failed.push({ promise, error })
    else this.#report(error)
  }
}

/** Has every method of a class that gives a promise give one that is contained. */
export function containMethods<Instance extends object>(
  prototype: Instance,
  unawaitedOf: (instance: Instance) => UnawaitedCommands,
): void {
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const method: unknown = descriptor.value
    if (name === 'constructor' || typeof method !== 'function') continue
    const contained = {
      [name](this: Instance, ...args: readonly unknown[]): unknown {
        const result: unknown = method.apply(this, args)
        return result instanceof Promise ? unawaitedOf(this).contain(result) : result
      },
    }
    Object.defineProperty(prototype, name, { ...descriptor, value: contained[name] })
  }
}
