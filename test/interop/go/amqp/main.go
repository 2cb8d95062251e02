// The examples of every tutorial with amqp091-go: one line of JSON of what was seen.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func publish(channel *amqp.Channel, exchange, key string, message amqp.Publishing) {
	patience, done := context.WithTimeout(context.Background(), 5*time.Second)
	defer done()
	confirm := must(channel.PublishWithDeferredConfirmWithContext(patience, exchange, key, false, false, message))
	if !must(confirm.WaitContext(patience)) {
		log.Fatal("not confirmed")
	}
}

func bound(channel *amqp.Channel, exchange, key string, arguments amqp.Table) string {
	queue := must(channel.QueueDeclare("", false, true, true, false, nil))
	check(channel.QueueBind(queue.Name, key, exchange, false, arguments))
	return queue.Name
}

func drained(channel *amqp.Channel, queues ...string) [][]string {
	all := [][]string{}
	for _, queue := range queues {
		bodies := []string{}
		for {
			message, there, err := channel.Get(queue, true)
			check(err)
			if !there {
				break
			}
			bodies = append(bodies, string(message.Body))
		}
		all = append(all, bodies)
	}
	return all
}

func declare(channel *amqp.Channel, exchange, kind string) {
	check(channel.ExchangeDeclare(exchange, kind, false, true, false, false, nil))
}

func text(body string) amqp.Publishing {
	return amqp.Publishing{ContentType: "text/plain", Body: []byte(body)}
}

func routing(channel *amqp.Channel, seen map[string]any) {
	declare(channel, "go.direct", "direct")
	kong, black := bound(channel, "go.direct", "kong", nil), bound(channel, "go.direct", "black", nil)
	publish(channel, "go.direct", "kong", text("banana"))
	seen["direct"] = drained(channel, kong, black)

	declare(channel, "go.fanout", "fanout")
	one, two, three := bound(channel, "go.fanout", "", nil), bound(channel, "go.fanout", "", nil), bound(channel, "go.fanout", "", nil)
	publish(channel, "go.fanout", "", text("all"))
	seen["fanout"] = drained(channel, one, two, three)

	declare(channel, "go.topic", "topic")
	usa, news := bound(channel, "go.topic", "usa.#", nil), bound(channel, "go.topic", "*.news.*", nil)
	korea := bound(channel, "go.topic", "korea.news", nil)
	publish(channel, "go.topic", "usa.news.weather", text("sunny"))
	seen["topic"] = drained(channel, usa, news, korea)

	declare(channel, "go.headers", "headers")
	all := bound(channel, "go.headers", "", amqp.Table{"x-match": "all", "format": "pdf", "pages": int32(3)})
	any := bound(channel, "go.headers", "", amqp.Table{"x-match": "any", "format": "pdf", "pages": int32(3)})
	publish(channel, "go.headers", "", amqp.Publishing{Headers: amqp.Table{"format": "pdf", "pages": int64(3)}, Body: []byte("both")})
	publish(channel, "go.headers", "", amqp.Publishing{Headers: amqp.Table{"format": "pdf"}, Body: []byte("one")})
	seen["headers"] = drained(channel, all, any)
}

func working(connection *amqp.Connection, channel *amqp.Channel, seen map[string]any) {
	queue := must(channel.QueueDeclare("go.tasks", true, false, false, false, amqp.Table{amqp.QueueTypeArg: amqp.QueueTypeQuorum}))
	for n := range 50 {
		task := text(fmt.Sprint(n))
		task.DeliveryMode = amqp.Persistent
		publish(channel, "", queue.Name, task)
	}
	done := map[string]int{}
	again := 0
	worker := must(connection.Channel())
	check(worker.Qos(5, 0, false))
	tasks := must(worker.Consume(queue.Name, "worker", false, false, false, false, nil))
	for len(done) < 50 {
		task := <-tasks
		if len(done) == 10 && !task.Redelivered {
			check(task.Nack(false, true))
			continue
		}
		if task.Redelivered {
			again++
		}
		done[string(task.Body)]++
		check(task.Ack(false))
	}
	check(worker.Cancel("worker", false))
	seen["done"] = len(done)
	seen["again"] = again > 0
	seen["left"] = must(channel.QueueDelete(queue.Name, false, false, false))
}

func main() {
	connection := must(amqp.Dial(os.Args[1]))
	defer connection.Close()
	channel := must(connection.Channel())
	check(channel.Confirm(false))
	seen := map[string]any{}
	routing(channel, seen)
	working(connection, channel, seen)
	fmt.Println(string(must(json.Marshal(seen))))
}
