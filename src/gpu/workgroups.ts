/** A dispatch may have at most this many workgroups along one axis (WebGPU's guaranteed default). */
export const MAX_WORKGROUPS_PER_AXIS = 65_535;

/** Invocations in a workgroup of the element-wise and reducing kernels: the guaranteed default maximum. */
export const WORKGROUP_SIZE = 256;

/** a / b, rounded up. */
export function ceilDiv(a: number, b: number): number {
  return Math.floor((a + b - 1) / b);
}

/**
 * The grid for kernels that number their work linearly: `count` work items, `perWorkgroup` of them in each
 * workgroup, folded into y when x alone is not enough. The shader finds its workgroup's number as
 * `workgroup_id.y * num_workgroups.x + workgroup_id.x` and checks it against the end.
 */
export function linearGrid(count: number, perWorkgroup = WORKGROUP_SIZE): [number, number, number] {
  const groups = Math.max(1, ceilDiv(count, perWorkgroup));
  if (groups <= MAX_WORKGROUPS_PER_AXIS) return [groups, 1, 1];
  const rows = ceilDiv(groups, MAX_WORKGROUPS_PER_AXIS);
  return [ceilDiv(groups, rows), rows, 1];
}
