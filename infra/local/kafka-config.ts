/** Where one local broker listens and keeps its data. */
export interface BrokerLayout {
  readonly clientPort: number;
  readonly controllerPort: number;
  /** Absolute path. */
  readonly dataFolder: string;
}

/**
 * Returns the server.properties of a single KRaft node, broker and controller in one process, loopback only.
 * Cost-relevant choices: internal topics have 8 partitions instead of 50 (one node, quicker start), the log cleaner's
 * buffer is 16 MiB instead of 128 (half of the heap), and the broker's session is 3 s instead of 9 because after a
 * kill -9 the new incarnation may register only when the old session has run out.
 */
export function brokerProperties(layout: BrokerLayout): string {
  const clients = `127.0.0.1:${layout.clientPort}`;
  const controller = `127.0.0.1:${layout.controllerPort}`;
  const entries: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${controller}`,
    listeners: `PLAINTEXT://${clients},CONTROLLER://${controller}`,
    'advertised.listeners': `PLAINTEXT://${clients}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': layout.dataFolder,
    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.num.partitions': 8,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'broker.heartbeat.interval.ms': 500,
    'broker.session.timeout.ms': 3000,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  };
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/**
 * JVM options of the broker: heap capped at 512 MiB; the serial collector starts no threads that would compete for two
 * cores; out of memory ends the process instead of leaving a broker that answers half of the requests.
 */
export const BROKER_JVM_OPTIONS: readonly string[] = [
  '-Xms128m',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:+ExitOnOutOfMemoryError',
  '-XX:-UsePerfData',
  '-Djava.awt.headless=true',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
];
