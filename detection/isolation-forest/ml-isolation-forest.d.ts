/** The part of ml-isolation-forest 0.1.0 (which ships no types) that the wrapper reads. */
declare module 'ml-isolation-forest' {
  /** A grown node. Inner nodes have both children, splitColumn and splitValue; leaves have neither. */
  export interface PackageNode {
    readonly left?: PackageNode;
    readonly right?: PackageNode;
    readonly splitColumn?: number;
    /** Rows with value < splitValue went left. */
    readonly splitValue?: number;
  }
  export class IsolationForest {
    constructor(options?: { nEstimators?: number });
    readonly forest: readonly PackageNode[];
    train(trainingSet: readonly (readonly number[])[]): void;
  }
}
