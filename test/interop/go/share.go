package main

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// A share group set back to the start: accepted once, released and taken again, rejected for good.
func share(ctx context.Context) facts {
	const topic, name = "work", "crew"
	admin := kadm.NewClient(client())
	must(admin.CreateTopic(ctx, 1, 1, nil, topic))
	writer := client(kgo.DefaultProduceTopic(topic))
	for index := range 12 {
		check(writer.ProduceSync(ctx, record(topic, "", fmt.Sprintf("v%02d", index))).FirstErr())
	}
	writer.Close()
	// The group has to be there before it can be set back, and begins at the end.
	early := client(kgo.ShareGroup(name), kgo.ConsumeTopics(topic))
	for len(must(admin.DescribeShareGroups(ctx, name))[name].Members) == 0 {
		check(ctx.Err())
	}
	early.Close()
	start := kadm.Offsets{}
	start.AddOffset(topic, 0, 0, -1)
	check(must(admin.AlterShareGroupOffsets(ctx, name, start)).Error())

	refused := 0
	worker := client(kgo.ShareGroup(name), kgo.ConsumeTopics(topic), kgo.ShareAckCallback(
		func(_ *kgo.Client, results kgo.ShareAckResults) {
			for _, each := range results {
				if each.Err != nil {
					refused++
				}
			}
		}))
	accepted, rejected, again := []*kgo.Record{}, []*kgo.Record{}, []*kgo.Record{}
	for len(accepted)+len(rejected) < 12 {
		for _, each := range take(ctx, worker, 1) {
			switch number := each.Offset % 4; {
			case number == 1 && each.DeliveryCount() == 1:
				each.Ack(kgo.AckRelease)
			case number == 3:
				each.Ack(kgo.AckReject)
				rejected = append(rejected, each)
			default:
				each.Ack(kgo.AckAccept)
				accepted = append(accepted, each)
				if each.DeliveryCount() == 2 {
					again = append(again, each)
				}
			}
		}
		check(worker.FlushAcks(ctx))
	}
	described := must(admin.DescribeShareGroups(ctx, name))[name]
	check(described.Err)
	worker.Close()
	offsets := must(admin.DescribeShareGroupOffsets(ctx, name))[name]
	check(offsets.Err)
	return facts{
		"accepted": values(accepted), "rejected": values(rejected), "again": values(again), "refused": refused,
		"state": described.GroupState, "members": len(described.Members), "start": offsets.Offsets[topic][0].StartOffset,
	}
}
