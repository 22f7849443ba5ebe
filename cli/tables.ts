import { checkSettings } from '../common/checks/settings.js';
import type { SettingsTable } from '../common/config.js';
import { csvSettings } from '../common/csv/settings.js';
import { driftRowsSettings, driftWindowSettings } from '../common/drift-window.js';
import { laneSettings } from '../common/kafka/lanes/settings.js';
import { kafkaSettings, topicSettings } from '../common/kafka/settings.js';
import { backtestSettings } from '../jobs/backtest/config.js';
import { historySettings } from '../jobs/collect-history/config.js';
import { evaluateSettings } from '../jobs/evaluate/config.js';
import { generateSettings } from '../jobs/generate/config.js';
import { trainSettings } from '../jobs/train/config.js';
import { mlflowSettings } from '../jobs/train/mlflow/config.js';
import { validateSettings } from '../jobs/validate/config.js';
import { driftProcessorSettings } from '../processors/drift/config.js';
import { scoreSettings } from '../processors/score/config.js';
import { windowSettings } from '../processors/window/config.js';
import { collectorSettings } from '../producers/host-collector/config.js';
import { loadSettings } from '../producers/load-generator/config.js';
import { simulatorSettings } from '../producers/simulator/config.js';
import { influxdbSettings } from '../sinks/influxdb/config.js';
import { localServiceSettings, processSettings } from './settings.js';
import { upSettings } from './up/settings.js';

/** A component and its settings, as `tidewatch config` and docs/configuration.md show them. */
export interface ComponentTable {
  readonly component: string;
  readonly table: SettingsTable;
}

/** Every table of settings there is. */
export const COMPONENT_TABLES: readonly ComponentTable[] = [
  { component: 'every process', table: processSettings },
  { component: 'Kafka', table: kafkaSettings },
  { component: 'local services', table: localServiceSettings },
  { component: 'topics', table: topicSettings },
  { component: 'processors', table: laneSettings },
  { component: 'up', table: upSettings },
  { component: 'simulator', table: simulatorSettings },
  { component: 'host collector', table: collectorSettings },
  { component: 'load generator', table: loadSettings },
  { component: 'window', table: windowSettings },
  { component: 'value checks', table: checkSettings },
  { component: 'score', table: scoreSettings },
  { component: 'drift', table: driftProcessorSettings },
  { component: 'drift windows', table: { ...driftWindowSettings, ...driftRowsSettings } },
  { component: 'training', table: trainSettings },
  { component: 'MLflow', table: mlflowSettings },
  { component: 'CSV files', table: csvSettings },
  { component: 'backtest', table: backtestSettings },
  { component: 'evaluation', table: evaluateSettings },
  { component: 'history', table: historySettings },
  { component: 'generated data', table: generateSettings },
  { component: 'validation', table: validateSettings },
  { component: 'InfluxDB sink', table: influxdbSettings },
];
