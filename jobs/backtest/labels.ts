export { ownLabel, readLabels, requireLabels } from '../row-labels.js';
