// One scenario of franz-go against the broker whose address is given; prints a JSON line of what came of it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

type facts map[string]any

var broker string

var scenarios = map[string]func(context.Context) facts{
	"produce":      produce,
	"classic":      func(ctx context.Context) facts { return group(ctx, "classic") },
	"consumer":     func(ctx context.Context) facts { return group(ctx, "consumer") },
	"transactions": transactions,
	"exactly-once": exactlyOnce,
	"admin":        administer,
	"share":        share,
	"sasl":         authenticate,
}

func main() {
	broker = os.Args[1]
	scenario, known := scenarios[os.Args[2]]
	if !known {
		panic("no such scenario: " + os.Args[2])
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	line, err := json.Marshal(scenario(ctx))
	check(err)
	fmt.Println(string(line))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

// What an error is called; empty where there is none.
func called(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func client(options ...kgo.Opt) *kgo.Client {
	return must(kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(broker)}, options...)...))
}

// The next records, until there are as many as are wanted.
func take(ctx context.Context, from *kgo.Client, wanted int) []*kgo.Record {
	var taken []*kgo.Record
	for len(taken) < wanted {
		fetches := from.PollFetches(ctx)
		check(fetches.Err())
		taken = append(taken, fetches.Records()...)
	}
	return taken
}

func values(records []*kgo.Record) []string {
	result := []string{}
	for _, record := range records {
		result = append(result, string(record.Value))
	}
	sort.Strings(result)
	return result
}

func record(topic string, key string, value string) *kgo.Record {
	return &kgo.Record{Topic: topic, Key: []byte(key), Value: []byte(value)}
}
