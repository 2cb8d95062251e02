// The AWS SDK for Go with SQS: it compares the digests of bodies and attributes itself.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func main() {
	ctx := context.Background()
	client := sqs.New(sqs.Options{
		BaseEndpoint:     aws.String(os.Args[1]),
		Region:           "us-east-1",
		Credentials:      credentials.NewStaticCredentialsProvider(os.Args[2], os.Args[3], ""),
		RetryMaxAttempts: 1,
	})
	url := must(client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("go")})).QueueUrl
	attributes := map[string]types.MessageAttributeValue{
		"text":   {DataType: aws.String("String.own"), StringValue: aws.String("ä <&>")},
		"number": {DataType: aws.String("Number.int"), StringValue: aws.String("42")},
		"bytes":  {DataType: aws.String("Binary.gif"), BinaryValue: []byte{0, 255, 7}},
	}
	body := "body \r\n\t \U0001f980 ]]>"
	must(client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body, MessageAttributes: attributes}))
	must(client.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: url, Entries: []types.SendMessageBatchRequestEntry{
		{Id: aws.String("a"), MessageBody: aws.String("in a batch"), MessageAttributes: attributes},
	}}))
	got := must(client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
	})).Messages
	for _, message := range got {
		must(client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: message.ReceiptHandle}))
	}
	_, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String("nowhere")})
	var missing *types.QueueDoesNotExist
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"received": len(got),
		"body":     *got[0].Body == body,
		"bytes":    bytes.Equal(got[0].MessageAttributes["bytes"].BinaryValue, []byte{0, 255, 7}),
		"typed":    errors.As(err, &missing),
	})
}
