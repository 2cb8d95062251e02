package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

func readAll(ctx context.Context, topic string, wanted int, isolation kgo.IsolationLevel) []string {
	reader := client(
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(isolation))
	defer reader.Close()
	taken := take(ctx, reader, wanted)
	// What should not be there would come at once.
	brief, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	return values(append(taken, reader.PollFetches(brief).Records()...))
}

func write(ctx context.Context, producer *kgo.Client, topic string, prefix string, count int) {
	for index := range count {
		check(producer.ProduceSync(ctx, record(topic, fmt.Sprint(index), fmt.Sprintf("%s-%d", prefix, index))).FirstErr())
	}
}

// One transaction is committed, one aborted, one left open; then another producer of the same name comes.
func transactions(ctx context.Context) facts {
	const topic, name = "moved", "mover"
	admin := kadm.NewClient(client())
	must(admin.CreateTopic(ctx, 2, 1, nil, topic))
	producer := client(kgo.TransactionalID(name), kgo.TransactionTimeout(30*time.Second))
	for _, end := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort} {
		check(producer.BeginTransaction())
		write(ctx, producer, topic, map[kgo.TransactionEndTry]string{kgo.TryCommit: "kept", kgo.TryAbort: "lost"}[end], 4)
		check(producer.EndTransaction(ctx, end))
	}
	check(producer.BeginTransaction())
	write(ctx, producer, topic, "open", 4)

	listed := must(admin.ListTransactions(ctx, nil, []string{"Ongoing"}))
	described := must(admin.DescribeTransactions(ctx, name))[name]
	check(described.Err)
	open := 0
	for _, each := range must(admin.DescribeProducers(ctx, kadm.TopicsSet{topic: {0: {}, 1: {}}})).SortedProducers() {
		if each.CurrentTxnStartOffset >= 0 {
			open++
		}
	}
	whileOpen := facts{
		"committed":   readAll(ctx, topic, 4, kgo.ReadCommitted()),
		"uncommitted": len(readAll(ctx, topic, 12, kgo.ReadUncommitted())),
		"listed":      listed[name].State, "described": described.State, "partitions": len(described.Topics[topic]), "open": open,
	}

	heir := client(kgo.TransactionalID(name))
	defer heir.Close()
	check(heir.BeginTransaction())
	write(ctx, heir, topic, "heir", 4)
	fenced := producer.ProduceSync(ctx, record(topic, "0", "fenced")).FirstErr()
	check(heir.EndTransaction(ctx, kgo.TryCommit))
	producer.Close()
	return facts{
		"whileOpen": whileOpen,
		"fenced":    errors.Is(fenced, kerr.ProducerFenced) || errors.Is(fenced, kerr.InvalidProducerEpoch),
		"committed": readAll(ctx, topic, 8, kgo.ReadCommitted()),
		"state":     must(admin.DescribeTransactions(ctx, name))[name].State,
	}
}

// Reads, adds and writes in transactions, of which every third is given up; offsets go with their records.
func exactlyOnce(ctx context.Context) facts {
	const from, to, name, count = "read", "written", "copier", 60
	admin := kadm.NewClient(client())
	must(admin.CreateTopics(ctx, 3, 1, nil, from, to))
	writer := client()
	write(ctx, writer, from, "r", count)
	writer.Close()

	aborted := 0
	for round := 0; ; round++ {
		session := must(kgo.NewGroupTransactSession(
			kgo.SeedBrokers(broker),
			kgo.TransactionalID(name),
			kgo.ConsumerGroup(name),
			kgo.ConsumeTopics(from),
			kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
			kgo.FetchIsolationLevel(kgo.ReadCommitted()),
			kgo.RequireStableFetchOffsets()))
		for attempt := 0; attempt < 3 && !done(ctx, admin, name, count); attempt++ {
			fetches := session.PollRecords(ctx, 7)
			check(fetches.Err())
			check(session.Begin())
			fetches.EachRecord(func(each *kgo.Record) {
				// What is given up may be so before it was sent; what is not shows at the end.
				session.Produce(ctx, record(to, string(each.Key), string(each.Value)), nil)
			})
			end := kgo.TryCommit
			if attempt == 2 {
				end = kgo.TryAbort
				aborted++
			}
			committed := must(session.End(ctx, end))
			if committed != (end == kgo.TryCommit) {
				panic("a transaction did not end as it was to")
			}
		}
		session.Close()
		if done(ctx, admin, name, count) {
			break
		}
	}
	committed := readAll(ctx, to, count, kgo.ReadCommitted())
	seen := map[string]bool{}
	for _, value := range committed {
		seen[value] = true
	}
	return facts{"committed": len(committed), "different": len(seen), "aborted": aborted > 0}
}

func done(ctx context.Context, admin *kadm.Client, group string, count int64) bool {
	total := int64(0)
	must(admin.FetchOffsets(ctx, group)).Each(func(each kadm.OffsetResponse) { total += each.At })
	return total == count
}
