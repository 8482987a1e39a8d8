/** Selecting objects: by labels, by fields, and nodes for pods. */
export {
  formatLabels,
  formatLabelSelector,
  labelSelectorMatcher,
  labelSelectorMatches,
  parseLabelSelector,
  type Labelled,
  type LabelMatcher,
} from './label.js';
export { SelectorError, type LabelOperator, type LabelRequirement, type Labels } from './requirement.js';
export { parseFieldSelector, type FieldMatcher, type FieldRequirement } from './field.js';
export {
  findUntoleratedTaint,
  matchesNodeAffinity,
  matchesNodeSelectorTerm,
  matchesNodeSelectorTerms,
  SCHEDULING_EFFECTS,
  toleratesTaint,
  toleratesTaintWithAny,
  type NodeFacts,
} from './node.js';
