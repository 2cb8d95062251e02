package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// What kadm makes, tells, changes and deletes.
func administer(ctx context.Context) facts {
	const topic = "kept"
	admin := kadm.NewClient(client())
	pointer := func(text string) *string { return &text }
	made := must(admin.CreateTopic(ctx, 2, -1, map[string]*string{"cleanup.policy": pointer("compact,delete")}, topic))
	again := must(admin.CreateTopics(ctx, 2, -1, nil, topic))[topic]
	check(must(admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{
		{Op: kadm.SetConfig, Name: "retention.ms", Value: pointer("123456")},
		{Op: kadm.SubtractConfig, Name: "cleanup.policy", Value: pointer("compact")},
	}, topic))[0].Err)
	configs := map[string]string{}
	for _, each := range must(admin.DescribeTopicConfigs(ctx, topic))[0].Configs {
		configs[each.Key] = fmt.Sprintf("%s, %s", each.MaybeValue(), each.Source)
	}
	check(must(admin.UpdatePartitions(ctx, 3, topic))[topic].Err)
	metadata := must(admin.Metadata(ctx, topic))

	start := time.UnixMilli(1_700_000_000_000)
	writer := client(kgo.RecordPartitioner(kgo.ManualPartitioner()))
	for index := range 10 {
		one := record(topic, "k", fmt.Sprintf("v%d", index))
		one.Partition, one.Timestamp = 2, start.Add(time.Duration(index)*time.Second)
		check(writer.ProduceSync(ctx, one).FirstErr())
	}
	writer.Close()
	after := must(admin.ListOffsetsAfterMilli(ctx, start.UnixMilli()+3500, topic))[topic][2]
	newest := must(admin.ListMaxTimestampOffsets(ctx, topic))[topic][2]
	epoch := must(admin.OffsetForLeaderEpoch(ctx, offsetRequest(topic, 2, newest.LeaderEpoch)))

	lowered := kadm.Offsets{}
	lowered.AddOffset(topic, 2, 6, -1)
	low := must(admin.DeleteRecords(ctx, lowered))[topic][2]
	check(low.Err)
	first := must(admin.ListStartOffsets(ctx, topic))[topic][2].Offset

	placed := kadm.Offsets{}
	placed.Add(kadm.Offset{Topic: topic, Partition: 2, At: 8, LeaderEpoch: -1, Metadata: "by hand"})
	check(must(admin.CommitOffsets(ctx, "idle", placed)).Error())
	kept := must(admin.FetchOffsets(ctx, "idle"))[topic][2]
	lag := must(admin.Lag(ctx, "idle"))["idle"].Lag.Total()
	check(must(admin.DeleteOffsets(ctx, "idle", kadm.TopicsSet{topic: {2: {}}})).Error())
	forgotten := len(must(admin.FetchOffsets(ctx, "idle")))

	check(must(admin.DeleteTopic(ctx, topic)).Err)
	_, still := must(admin.ListTopics(ctx))[topic]
	return facts{
		"partitions": made.NumPartitions, "replicas": made.ReplicationFactor, "again": called(again.Err),
		"configs":  map[string]string{"retention.ms": configs["retention.ms"], "cleanup.policy": configs["cleanup.policy"], "segment.ms": configs["segment.ms"]},
		"metadata": []int{len(metadata.Brokers), len(metadata.Topics[topic].Partitions)}, "controller": metadata.Controller,
		"after": []int64{after.Offset, after.Timestamp - start.UnixMilli()}, "newest": newest.Offset,
		"epochEnd": epoch[topic][2].EndOffset, "low": low.LowWatermark, "first": first,
		"kept": []any{kept.At, kept.Metadata}, "lag": lag, "forgotten": forgotten, "still": still,
	}
}

func offsetRequest(topic string, partition int32, epoch int32) kadm.OffsetForLeaderEpochRequest {
	request := kadm.OffsetForLeaderEpochRequest{}
	request.Add(topic, partition, epoch)
	return request
}
