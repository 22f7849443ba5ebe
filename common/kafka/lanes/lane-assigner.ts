import type { PartitionAssigner } from 'kafkajs';
import { loadKafkajs } from '../patches/kafkajs-module.js';
import { assignLanes, partitionsOfLane } from './lane-assignment.js';

const VERSION = 1;

/**
 * Returns a kafkajs assigner that hands out lanes instead of partitions: the same lane of every subscribed topic goes to
 * one member, because a lane is also the unit of fencing (one transactional producer each, rule E1). `owned` tells the
 * lanes that this member holds at the moment it joins; they travel in the member's metadata, so lanes stay where they are.
 */
export function laneAssigner(lanes: number, owned: () => readonly number[]): PartitionAssigner {
  const { AssignerProtocol } = loadKafkajs();
  const name = `tidewatch-lanes-${lanes}`;
  return ({ cluster }) => ({
    name,
    version: VERSION,
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify(owned())),
      }),
    }),
    assign: async ({ members, topics }) => {
      const claims = members.map(({ memberId, memberMetadata }) => ({
        id: memberId,
        owned: decodeOwned(AssignerProtocol.MemberMetadata.decode(memberMetadata)?.userData),
      }));
      const assigned = assignLanes(claims, lanes);
      return [...assigned].map(([memberId, held]) => {
        const assignment = Object.fromEntries(
          topics.map((topic) => {
            const { length } = cluster.findTopicPartitionMetadata(topic);
            return [
              topic,
              held.flatMap((lane) => partitionsOfLane(lane, lanes, length)).sort((a, b) => a - b),
            ];
          }),
        );
        return {
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: VERSION,
            assignment,
            userData: Buffer.alloc(0),
          }),
        };
      });
    },
  });
}

/** A claim that cannot be read is no claim: the member then starts with what is left over. */
function decodeOwned(userData: Buffer | undefined): number[] {
  try {
    const parsed: unknown = JSON.parse(userData?.toString() ?? '[]');
    return Array.isArray(parsed) ? parsed.filter((lane) => Number.isInteger(lane)) : [];
  } catch {
    return [];
  }
}
