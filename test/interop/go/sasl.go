package main

import (
	"context"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// Says by every mechanism who it is, rightly and wrongly.
func authenticate(ctx context.Context) facts {
	mechanisms := func(password string) []sasl.Mechanism {
		credentials := scram.Auth{User: "root", Pass: password}
		return []sasl.Mechanism{
			plain.Auth{User: "root", Pass: password}.AsMechanism(),
			credentials.AsSha256Mechanism(),
			credentials.AsSha512Mechanism(),
		}
	}
	results := facts{}
	for index, right := range mechanisms("the ferry") {
		writer := client(kgo.SASL(right), kgo.AllowAutoTopicCreation())
		check(writer.ProduceSync(ctx, record("said", "", right.Name())).FirstErr())
		writer.Close()
		wrong := client(kgo.SASL(mechanisms("a ferry")[index]), kgo.RequestRetries(0))
		_, err := kadm.NewClient(wrong).ListTopics(ctx)
		wrong.Close()
		results[right.Name()] = called(err)
	}
	return results
}
