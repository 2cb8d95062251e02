package main

import (
	"context"
	"fmt"
	"sort"
	"sync"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// A member of a group that knows what is assigned to it.
type member struct {
	*kgo.Client
	mutex    sync.Mutex
	assigned map[int32]bool
}

func join(name string, protocol string, options ...kgo.Opt) *member {
	one := &member{assigned: map[int32]bool{}}
	change := func(has bool) func(context.Context, *kgo.Client, map[string][]int32) {
		return func(_ context.Context, _ *kgo.Client, partitions map[string][]int32) {
			one.mutex.Lock()
			defer one.mutex.Unlock()
			for _, numbers := range partitions {
				for _, number := range numbers {
					if has {
						one.assigned[number] = true
					} else {
						delete(one.assigned, number)
					}
				}
			}
		}
	}
	options = append(options,
		kgo.ConsumerGroup(name),
		kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.OnPartitionsAssigned(change(true)),
		kgo.OnPartitionsRevoked(change(false)),
		kgo.OnPartitionsLost(change(false)))
	if protocol == "consumer" {
		options = append(options, kgo.ServerSideBalancer(), kgo.Balancers(kgo.RangeBalancer()))
	}
	one.Client = client(options...)
	return one
}

func (one *member) partitions() []int {
	one.mutex.Lock()
	defer one.mutex.Unlock()
	result := []int{}
	for number := range one.assigned {
		result = append(result, int(number))
	}
	sort.Ints(result)
	return result
}

// Polls all members until the condition holds.
func pollUntil(ctx context.Context, condition func() bool, members ...*member) []*kgo.Record {
	var taken []*kgo.Record
	for !condition() {
		check(ctx.Err())
		for _, each := range members {
			brief, cancel := context.WithTimeout(ctx, 50_000_000)
			taken = append(taken, each.PollFetches(brief).Records()...)
			cancel()
		}
	}
	return taken
}

// How far a group is behind. `Lag` of kadm asks only for groups of the classic protocol.
func lag(ctx context.Context, admin *kadm.Client, name string, topic string) int64 {
	behind := int64(0)
	committed := must(admin.FetchOffsets(ctx, name))
	must(admin.ListEndOffsets(ctx, topic)).Each(func(end kadm.ListedOffset) {
		at, _ := committed.Lookup(topic, end.Partition)
		behind += end.Offset - max(at.At, 0)
	})
	return behind
}

// Two members share four partitions; what one commits the other goes on from.
func group(ctx context.Context, protocol string) facts {
	topic, name := "shared-"+protocol, "readers-"+protocol
	admin := kadm.NewClient(client())
	must(admin.CreateTopic(ctx, 4, 1, nil, topic))
	writer := client(kgo.DefaultProduceTopic(topic))
	defer writer.Close()
	for index := range 40 {
		check(writer.ProduceSync(ctx, record(topic, fmt.Sprint(index), fmt.Sprintf("v%02d", index))).FirstErr())
	}

	// By an expression, which the new protocol has the broker resolve and the classic one the client.
	first := join(name, protocol, kgo.ConsumeRegex(), kgo.ConsumeTopics("shared-"+protocol[:4]+".*"))
	var taken []*kgo.Record
	for len(taken) < 40 {
		taken = append(taken, take(ctx, first.Client, 1)...)
	}
	lagBefore := lag(ctx, admin, name, topic)
	check(first.CommitRecords(ctx, taken...))
	lagAfter := lag(ctx, admin, name, topic)

	second := join(name, protocol, kgo.ConsumeTopics(topic))
	twice := pollUntil(ctx, func() bool {
		return len(first.partitions()) == 2 && len(second.partitions()) == 2
	}, first, second)
	shared := append(first.partitions(), second.partitions()...)
	sort.Ints(shared)
	listed := must(admin.ListGroups(ctx))[name]
	kind := must(admin.DescribeGroups(ctx, name))[name].Protocol
	members := len(must(admin.DescribeGroups(ctx, name))[name].Members)
	if protocol == "consumer" {
		described := must(admin.DescribeConsumerGroups(ctx, name))[name]
		check(described.Err)
		kind, members = described.AssignorName, len(described.Members)
	}

	first.Close()
	pollUntil(ctx, func() bool { return len(second.partitions()) == 4 }, second)
	check(writer.ProduceSync(ctx, record(topic, "late", "afterwards")).FirstErr())
	later := take(ctx, second.Client, 1)
	check(second.CommitRecords(ctx, later...))
	second.Close()

	left := facts{"state": must(admin.ListGroups(ctx))[name].State, "lag": lag(ctx, admin, name, topic)}
	gone := must(admin.DeleteGroup(ctx, name))
	_, still := must(admin.ListGroups(ctx))[name]
	return facts{
		"taken": values(taken), "twice": values(twice), "shared": shared, "state": listed.State, "type": listed.ProtocolType,
		"assignor": kind, "members": members, "lagBefore": lagBefore, "lagAfter": lagAfter, "later": values(later),
		"left": left, "deleted": called(gone.Err), "still": still,
	}
}
