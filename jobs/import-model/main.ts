import type { ModelVersion } from '../../schemas/model-version.js';
import { readTextFile } from '../model-file.js';
import { type ImportOptions, sklearnModel } from './core.js';
import { readSklearnJson } from './sklearn-json.js';

/** Returns the model of a scikit-learn forest in a JSON file. Throws FILE_UNREADABLE, BAD_MODEL. */
export async function importSklearnFile(path: string, options: ImportOptions): Promise<ModelVersion> {
  return sklearnModel(readSklearnJson(await readTextFile(path)), options);
}
