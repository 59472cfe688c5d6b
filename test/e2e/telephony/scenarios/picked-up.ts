/** CDR of a call that another phone picks up: the phone that rang is said to have talked in some runs, and in others not. */
export const PICKED_UP: readonly string[] = ['call 2 not answered', 'call 1 talked with bob, cid; call 2 not answered']
