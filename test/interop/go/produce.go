package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const perCodec = 300

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

// The codec of a batch, as a record that was read tells it.
var codecNames = []string{"none", "gzip", "snappy", "lz4", "zstd"}

// Writes with every codec and every acks, reads it all back from the start, and compares record by record.
func produce(ctx context.Context) facts {
	admin := kadm.NewClient(client())
	must(admin.CreateTopic(ctx, 3, 1, nil, "produced"))
	started := time.Now().Truncate(time.Millisecond)
	for name, codec := range codecs {
		idempotent := client(kgo.RequiredAcks(kgo.AllISRAcks()), kgo.ProducerBatchCompression(codec))
		var records []*kgo.Record
		for index := range perCodec {
			one := record("produced", fmt.Sprintf("%s-%d", name, index), strings.Repeat(name, index))
			one.Headers = []kgo.RecordHeader{{Key: "codec", Value: []byte(name)}, {Key: "empty"}}
			records = append(records, one)
		}
		check(idempotent.ProduceSync(ctx, records...).FirstErr())
		idempotent.Close()
	}
	for name, acks := range map[string]kgo.Acks{"leader": kgo.LeaderAck(), "nobody": kgo.NoAck()} {
		careless := client(kgo.RequiredAcks(acks), kgo.DisableIdempotentWrite())
		check(careless.ProduceSync(ctx, record("produced", "careless", name)).FirstErr())
		careless.Close()
	}

	reader := client(kgo.ConsumeTopics("produced"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	defer reader.Close()
	read, wrong, early := map[string]int{}, 0, 0
	careless := []*kgo.Record{}
	next := map[int32]int64{}
	gaps := 0
	for _, one := range take(ctx, reader, len(codecs)*perCodec+2) {
		if one.Offset != next[one.Partition] {
			gaps++
		}
		next[one.Partition] = one.Offset + 1
		if one.Timestamp.Before(started) {
			early++
		}
		if string(one.Key) == "careless" {
			careless = append(careless, one)
			continue
		}
		var index int
		name, number, _ := strings.Cut(string(one.Key), "-")
		must(fmt.Sscan(number, &index))
		read[codecNames[one.Attrs.CompressionType()]]++
		right := string(one.Value) == strings.Repeat(name, index) &&
			len(one.Headers) == 2 && string(one.Headers[0].Value) == name && one.Headers[1].Value == nil
		if !right {
			wrong++
		}
	}
	return facts{"read": read, "wrong": wrong, "gaps": gaps, "early": early, "careless": values(careless)}
}
