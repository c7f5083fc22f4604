import { ShapeError } from '../gpu/errors.js';
import type { Recorder } from '../gpu/recorder.js';
import type { Tensor } from '../gpu/tensor.js';
import { add } from '../kernels/add.js';
import { axpy } from '../kernels/axpy.js';

/**
 * Records the gradient of one operation: from dy, the gradient with respect to its output, those with respect
 * to its inputs, in their order; undefined for an input that `wants` none.
 *
 * `into[i]` holds a gradient already gathered for input i, from its other uses. An operation that can add to it
 * in its own store does so and returns that same tensor, which saves a pass over memory; else the tape adds.
 */
export type Backward = (
  dy: Tensor,
  wants: readonly boolean[],
  into: readonly (Tensor | undefined)[],
) => readonly (Tensor | undefined)[];

interface Node {
  output: Variable;
  inputs: readonly Variable[];
  backward: Backward;
  scope: string;
}

/** A tensor on a tape, and whether the tape is to derive a gradient through it. */
export class Variable {
  constructor(
    readonly tape: Tape,
    readonly value: Tensor,
    readonly needsGradient: boolean,
  ) {}
}

/**
 * A reverse-mode tape. Operations (see operations.ts) record their forward kernels as they are called; `backward`
 * walks them in reverse and records the backward kernels. Everything lands in one recorder, whose `freeze`
 * turns forward and backward together into a replayable program.
 */
export class Tape {
  private readonly nodes: Node[] = [];

  constructor(readonly recorder: Recorder) {}

  /** A tensor to differentiate with respect to. */
  variable(value: Tensor): Variable {
    return new Variable(this, value, true);
  }

  /** A tensor that is held fixed: weights, targets. */
  constant(value: Tensor): Variable {
    return new Variable(this, value, false);
  }

  /** Notes an operation whose forward kernels have just been recorded. For the files that define operations. */
  record(value: Tensor, inputs: readonly Variable[], backward: Backward): Variable {
    for (const input of inputs) {
      if (input.tape !== this) throw new ShapeError(`${value.label}: its inputs are on different tapes.`);
    }
    const needsGradient = inputs.some((input) => input.needsGradient);
    const output = new Variable(this, value, needsGradient);
    if (needsGradient) this.nodes.push({ output, inputs, backward, scope: this.recorder.scope });
    return output;
  }

  /**
   * Records the backward pass from a scalar (reverse accumulation; the gradient of `loss` to itself is 1).
   *
   * @param loss a tensor of one element.
   * @returns for each variable that `loss` depends on, the tensor that will hold dloss/dvariable, of its shape.
   */
  backward(loss: Variable): Map<Variable, Tensor> {
    if (loss.value.size !== 1) {
      throw new ShapeError(`backward starts from a scalar, not from ${loss.value}; sum or average it first.`);
    }
    if (loss.tape !== this) throw new ShapeError(`backward: ${loss.value} is on a different tape.`);
    const gradients = new Gradients(this.recorder);
    gradients.seed(loss, this.recorder.gpu.one());
    for (const node of this.nodes.toReversed()) {
      const dy = gradients.get(node.output);
      if (!dy) continue;
      this.recorder.backwards(() => this.recorder.within(node.scope, () => gradients.propagate(node, dy)));
    }
    return gradients.all();
  }
}

/** The gradients gathered so far, each with whether its memory is ours to add into. */
class Gradients {
  private readonly held = new Map<Variable, { tensor: Tensor; ours: boolean }>();

  constructor(private readonly recorder: Recorder) {}

  seed(variable: Variable, tensor: Tensor): void {
    this.hold(variable, tensor, false);
  }

  get(variable: Variable): Tensor | undefined {
    return this.held.get(variable)?.tensor;
  }

  all(): Map<Variable, Tensor> {
    return new Map([...this.held].map(([variable, { tensor }]) => [variable, tensor]));
  }

  propagate({ inputs, backward }: Node, dy: Tensor): void {
    const wants = inputs.map((input) => input.needsGradient);
    // An input that appears twice must not have both its gradients added into one tensor at the same time.
    const into = inputs.map((input, i) => {
      const held = inputs.indexOf(input) === i ? this.held.get(input) : undefined;
      return held?.ours ? held.tensor : undefined;
    });
    const returned = backward(dy, wants, into);
    inputs.forEach((input, i) => {
      const gradient = returned[i];
      if (!gradient || !wants[i]) return;
      // Passed on unchanged (as an addition does) or handed to two inputs: other readers share the tensor.
      const ours =
        gradient !== dy && returned.indexOf(gradient) === i && returned.lastIndexOf(gradient) === i;
      if (gradient !== into[i]) this.accumulate(input, gradient, ours);
    });
  }

  private accumulate(variable: Variable, gradient: Tensor, ours: boolean): void {
    const held = this.held.get(variable);
    if (!held) this.hold(variable, gradient, ours);
    else if (held.ours) axpy(this.recorder, 1, gradient, held.tensor);
    else this.hold(variable, add(this.recorder, held.tensor, gradient), true);
  }

  /** In the variable's own shape: an operation on elements may pass on that of another tensor, as large. */
  private hold(variable: Variable, gradient: Tensor, ours: boolean): void {
    this.held.set(variable, { tensor: gradient.view(variable.value.shape), ours });
  }
}
