import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.batchmanager.SqsAsyncBatchManager;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageResponse;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksResultEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeNameForSends;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeValue;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** AWS' SDK for Java, scenario by scenario: each prints its name and what it saw. The SDK compares all MD5s itself. */
public final class SqsClients {
    private interface Scenario {
        Object run() throws Exception;
    }

    private static String endpoint;
    private static AwsCredentialsProvider credentials;
    private static SqsClient sqs;
    private static SqsAsyncClient async;

    public static void main(String[] args) {
        endpoint = args[0];
        credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create(args[1], args[2]));
        sqs = client(endpoint, credentials);
        async = SqsAsyncClient.builder().endpointOverride(URI.create(endpoint)).region(Region.US_EAST_1)
            .credentialsProvider(credentials).build();
        Map<String, Scenario> scenarios = new TreeMap<>();
        scenarios.put("attributes", SqsClients::attributes);
        scenarios.put("batches", SqsClients::batches);
        scenarios.put("batchManager", SqsClients::batchManager);
        scenarios.put("doors", SqsClients::doors);
        scenarios.put("errors", SqsClients::errors);
        scenarios.put("fifo", SqsClients::fifo);
        scenarios.put("longPolls", SqsClients::longPolls);
        scenarios.put("moves", SqsClients::moves);
        scenarios.put("queues", SqsClients::queues);
        scenarios.put("urls", SqsClients::urls);
        scenarios.put("visibility", SqsClients::visibility);
        for (Map.Entry<String, Scenario> each : scenarios.entrySet()) {
            try {
                say(each.getKey(), each.getValue().run());
            } catch (Throwable error) {
                say(each.getKey(), error);
                error.printStackTrace();
            }
        }
        async.close();
        sqs.close();
    }

    private static void say(String name, Object what) {
        System.out.println("= " + name + ": " + what);
    }

    private static SqsClient client(String at, AwsCredentialsProvider by) {
        return SqsClient.builder().endpointOverride(URI.create(at)).region(Region.US_EAST_1).credentialsProvider(by)
            .overrideConfiguration(each -> each.retryStrategy(retries -> retries.maxAttempts(1))).build();
    }

    private static String queue(String name) {
        return sqs.createQueue(r -> r.queueName(name)).queueUrl();
    }

    private static String fifoQueue(String name) {
        return sqs.createQueue(r -> r.queueName(name + ".fifo").attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true")))
            .queueUrl();
    }

    private static String arn(String url) {
        return sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN)).attributes()
            .get(QueueAttributeName.QUEUE_ARN);
    }

    private static List<Message> receive(String url) {
        return sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(10).messageAttributeNames("All")
            .messageSystemAttributeNames(MessageSystemAttributeName.ALL)).messages();
    }

    private static String send(String url, String body) {
        return sqs.sendMessage(r -> r.queueUrl(url).messageBody(body)).messageId();
    }

    private static List<String> bodies(List<Message> messages) {
        return messages.stream().map(Message::body).collect(Collectors.toList());
    }

    private static MessageAttributeValue text(String type, String value) {
        return MessageAttributeValue.builder().dataType(type).stringValue(value).build();
    }

    private static Map<String, MessageAttributeValue> everyType() {
        Map<String, MessageAttributeValue> all = new HashMap<>();
        all.put("text", text("String", "ä <&> ]]>"));
        all.put("own", text("String.own", "\r\n\t\uD83E\uDD80"));
        all.put("number", text("Number", "-1.5e10"));
        all.put("int", text("Number.int", "42"));
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) i;
        all.put("bytes", MessageAttributeValue.builder().dataType("Binary").binaryValue(SdkBytes.fromByteArray(bytes)).build());
        all.put("gif", MessageAttributeValue.builder().dataType("Binary.gif").binaryValue(SdkBytes.fromUtf8String("GIF")).build());
        return all;
    }

    /** Bodies and attributes of all types come back as they were sent, with the digests that the SDK asks for. */
    private static Object attributes() {
        String url = queue("attributes");
        String body = "body \r\n\t \uD83E\uDD80 ]]> <a>";
        MessageSystemAttributeValue trace = MessageSystemAttributeValue.builder().dataType("String")
            .stringValue("Root=1-5759e988-bd862e3fe1be46a994272793").build();
        SendMessageResponse sent = sqs.sendMessage(r -> r.queueUrl(url).messageBody(body).messageAttributes(everyType())
            .messageSystemAttributes(Map.of(MessageSystemAttributeNameForSends.AWS_TRACE_HEADER, trace)));
        SendMessageBatchResponse batch = sqs.sendMessageBatch(r -> r.queueUrl(url).entries(
            SendMessageBatchRequestEntry.builder().id("a").messageBody(body).messageAttributes(everyType()).build()));
        List<Message> got = receive(url);
        boolean same = got.size() == 2;
        for (Message message : got) same &= message.body().equals(body) && message.messageAttributes().equals(everyType());
        for (Message message : got) {
            sqs.changeMessageVisibility(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()).visibilityTimeout(0));
        }
        List<Message> some = sqs.receiveMessage(r -> r.queueUrl(url).messageAttributeNames("t.*", "gif")).messages();
        return same + " " + (sent.md5OfMessageAttributes() != null) + " " + (sent.md5OfMessageSystemAttributes() != null) + " "
            + sent.md5OfMessageAttributes().equals(batch.successful().get(0).md5OfMessageAttributes()) + " "
            + got.get(0).attributes().get(MessageSystemAttributeName.AWS_TRACE_HEADER).startsWith("Root=1-") + " "
            + new TreeSet<>(got.get(0).attributesAsStrings().keySet()) + " " + new TreeSet<>(some.get(0).messageAttributes().keySet());
    }

    /** What is wrong with one entry is told of that one. */
    private static Object batches() {
        String url = queue("batches");
        SendMessageBatchResponse sent = sqs.sendMessageBatch(r -> r.queueUrl(url).entries(
            SendMessageBatchRequestEntry.builder().id("good").messageBody("x").build(),
            SendMessageBatchRequestEntry.builder().id("bad").messageBody("\u0001").build(),
            SendMessageBatchRequestEntry.builder().id("late").messageBody("x").delaySeconds(901).build()));
        Message got = receive(url).get(0);
        List<BatchResultErrorEntry> hidden = sqs.changeMessageVisibilityBatch(r -> r.queueUrl(url).entries(
            ChangeMessageVisibilityBatchRequestEntry.builder().id("good").receiptHandle(got.receiptHandle()).visibilityTimeout(60).build(),
            ChangeMessageVisibilityBatchRequestEntry.builder().id("bad").receiptHandle("x").visibilityTimeout(60).build())).failed();
        List<BatchResultErrorEntry> deleted = sqs.deleteMessageBatch(r -> r.queueUrl(url).entries(
            DeleteMessageBatchRequestEntry.builder().id("good").receiptHandle(got.receiptHandle()).build(),
            DeleteMessageBatchRequestEntry.builder().id("bad").receiptHandle("x").build())).failed();
        return failures(sent.failed()) + " " + failures(hidden) + " " + failures(deleted);
    }

    private static List<String> failures(List<BatchResultErrorEntry> failed) {
        return failed.stream().map(each -> each.id() + " " + each.code() + " " + each.senderFault()).collect(Collectors.toList());
    }

    /** The SDK gathers single calls into batches, and hands the answers out one by one. */
    private static Object batchManager() throws Exception {
        String url = queue("managed");
        ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
        try (SqsAsyncBatchManager manager = SqsAsyncBatchManager.builder().client(async).scheduledExecutor(timers)
            .overrideConfiguration(c -> c.sendRequestFrequency(Duration.ofMillis(20))).build()) {
            List<CompletableFuture<SendMessageResponse>> sends = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                String body = "m" + i;
                sends.add(manager.sendMessage(r -> r.queueUrl(url).messageBody(body).messageAttributes(everyType())));
            }
            Set<String> ids = new HashSet<>();
            for (CompletableFuture<SendMessageResponse> each : sends) ids.add(each.get(20, TimeUnit.SECONDS).messageId());
            CompletableFuture<SendMessageResponse> bad = manager.sendMessage(r -> r.queueUrl(url).messageBody("\u0001"));
            String refused = bad.handle((ok, error) -> error == null ? "none" : causeOf(error)).get(20, TimeUnit.SECONDS);
            Set<String> received = new HashSet<>();
            List<CompletableFuture<DeleteMessageResponse>> deletes = new ArrayList<>();
            for (int tries = 0; received.size() < 25 && tries < 100; tries++) {
                for (Message message : manager.receiveMessage(r -> r.queueUrl(url)).get(30, TimeUnit.SECONDS).messages()) {
                    received.add(message.messageId());
                    manager.changeMessageVisibility(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()).visibilityTimeout(300))
                        .get(20, TimeUnit.SECONDS);
                    deletes.add(manager.deleteMessage(r -> r.queueUrl(url).receiptHandle(message.receiptHandle())));
                }
            }
            for (CompletableFuture<DeleteMessageResponse> each : deletes) each.get(20, TimeUnit.SECONDS);
            Map<QueueAttributeName, String> left = sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                .attributes();
            return ids.equals(received) + " " + refused + " " + left.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES) + " "
                + left.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE);
        } finally {
            timers.shutdownNow();
        }
    }

    private static String causeOf(Throwable error) {
        Throwable cause = error.getCause() == null ? error : error.getCause();
        if (cause instanceof SqsException) return ((SqsException) cause).awsErrorDetails().errorCode();
        return cause.getClass().getSimpleName();
    }

    /** Who is not known, or says something else than was signed, stays outside. */
    private static Object doors() {
        AwsBasicCredentials known = (AwsBasicCredentials) credentials.resolveCredentials();
        List<AwsCredentialsProvider> strangers = List.of(AnonymousCredentialsProvider.create(),
            StaticCredentialsProvider.create(AwsBasicCredentials.create("NARUSTRANGER", "secret")),
            StaticCredentialsProvider.create(AwsBasicCredentials.create(known.accessKeyId(), "secret")));
        List<String> seen = new ArrayList<>();
        for (AwsCredentialsProvider stranger : strangers) {
            try (SqsClient outside = client(endpoint, stranger)) {
                seen.add(failure(() -> outside.listQueues()));
            }
        }
        SqsClient elsewhere = SqsClient.builder().endpointOverride(URI.create(endpoint)).region(Region.EU_WEST_1)
            .credentialsProvider(credentials).build();
        try (elsewhere) {
            seen.add(failure(() -> elsewhere.listQueues()));
        }
        return seen;
    }

    private static String failure(Supplier<?> act) {
        try {
            act.get();
            return "none";
        } catch (SqsException error) {
            return error.getClass().getSimpleName() + " " + error.awsErrorDetails().errorCode() + " " + error.statusCode();
        }
    }

    /** Each error is the class that the SDK has for it. */
    private static Object errors() {
        String url = queue("errors");
        String big = "x".repeat(1_048_576);
        List<SendMessageBatchRequestEntry> eleven = IntStream.range(0, 11)
            .mapToObj(i -> SendMessageBatchRequestEntry.builder().id("i" + i).messageBody("x").build()).collect(Collectors.toList());
        send(url, "x");
        Message got = receive(url).get(0);
        sqs.changeMessageVisibility(r -> r.queueUrl(url).receiptHandle(got.receiptHandle()).visibilityTimeout(0));
        sqs.purgeQueue(r -> r.queueUrl(url));
        String second = queue("errors2");
        send(second, "x");
        Message released = receive(second).get(0);
        sqs.changeMessageVisibility(r -> r.queueUrl(second).receiptHandle(released.receiptHandle()).visibilityTimeout(0));
        List<Supplier<?>> acts = List.of(
            () -> sqs.getQueueUrl(r -> r.queueName("nowhere")),
            () -> sqs.createQueue(r -> r.queueName("errors").attributes(Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "31"))),
            () -> sqs.createQueue(r -> r.queueName("no spaces")),
            () -> sqs.createQueue(r -> r.queueName("x").attributesWithStrings(Map.of("Nothing", "1"))),
            () -> sqs.createQueue(r -> r.queueName("x").attributes(Map.of(QueueAttributeName.DELAY_SECONDS, "901"))),
            () -> send(url, "\u0001"),
            () -> send(url, big + "x"),
            () -> sqs.sendMessageBatch(r -> r.queueUrl(url).entries(List.of())),
            () -> sqs.sendMessageBatch(r -> r.queueUrl(url).entries(eleven)),
            () -> sqs.sendMessageBatch(r -> r.queueUrl(url).entries(eleven.get(0), eleven.get(0))),
            () -> sqs.sendMessageBatch(r -> r.queueUrl(url).entries(eleven.get(0).toBuilder().id("a b").build())),
            () -> sqs.sendMessageBatch(r -> r.queueUrl(url).entries(eleven.get(0), eleven.get(1).toBuilder().messageBody(big).build())),
            () -> sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle("x")),
            () -> sqs.changeMessageVisibility(r -> r.queueUrl(second).receiptHandle(released.receiptHandle()).visibilityTimeout(9)),
            () -> sqs.purgeQueue(r -> r.queueUrl(url)),
            () -> sqs.listMessageMoveTasks(r -> r.sourceArn("arn:aws:sqs:us-east-1:000000000000:nowhere")),
            () -> sqs.startMessageMoveTask(r -> r.sourceArn(arn(url))),
            () -> sqs.addPermission(r -> r.queueUrl(url).label("many").awsAccountIds("123456789012").actions("SendMessage",
                "ReceiveMessage", "DeleteMessage", "GetQueueUrl", "PurgeQueue", "GetQueueAttributes", "ChangeMessageVisibility",
                "ListDeadLetterSourceQueues")),
            () -> sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNamesWithStrings("Nothing")));
        return acts.stream().map(SqsClients::failure).collect(Collectors.joining(", "));
    }

    private static Object fifo() {
        String url = fifoQueue("java");
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String body = "m" + i, group = "g" + i % 2;
            numbers.add(sqs.sendMessage(r -> r.queueUrl(url).messageBody(body).messageGroupId(group).messageDeduplicationId(body))
                .sequenceNumber());
        }
        SendMessageResponse again = sqs.sendMessage(r -> r.queueUrl(url).messageBody("m0").messageGroupId("g0").messageDeduplicationId("m0"));
        List<Message> first = sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(2).receiveRequestAttemptId("a")).messages();
        List<Message> repeated = sqs.receiveMessage(r -> r.queueUrl(url).maxNumberOfMessages(2).receiveRequestAttemptId("a")).messages();
        List<Message> second = receive(url);
        for (Message message : first) sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()));
        sqs.changeMessageVisibility(r -> r.queueUrl(url).receiptHandle(second.get(0).receiptHandle()).visibilityTimeout(0));
        List<Message> third = receive(url);
        boolean rising = IntStream.range(1, 6).allMatch(i -> numbers.get(i).compareTo(numbers.get(i - 1)) > 0);
        String expired = failure(() -> sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(second.get(0).receiptHandle())));
        String ungrouped = failure(() -> send(url, "x"));
        return bodies(first) + " " + bodies(repeated) + " " + bodies(second) + " " + bodies(third) + " " + rising + " "
            + again.sequenceNumber().equals(numbers.get(0)) + " " + expired + " " + ungrouped;
    }

    /** Those that wait are answered the moment something comes, or with nothing when their time is over. */
    private static Object longPolls() throws Exception {
        String url = queue("polls");
        long began = System.nanoTime();
        List<CompletableFuture<List<String>>> waiting = IntStream.range(0, 3).mapToObj(i ->
            async.receiveMessage(r -> r.queueUrl(url).waitTimeSeconds(20)).thenApply(r -> bodies(r.messages()))).collect(Collectors.toList());
        // Time for them to get there; what is seen is the same when they are late.
        Thread.sleep(200);
        for (String body : List.of("a", "b", "c")) send(url, body);
        Set<String> got = new TreeSet<>();
        for (CompletableFuture<List<String>> each : waiting) got.addAll(each.get(30, TimeUnit.SECONDS));
        boolean early = System.nanoTime() - began < 15_000_000_000L;
        began = System.nanoTime();
        int none = sqs.receiveMessage(r -> r.queueUrl(url).waitTimeSeconds(1)).messages().size();
        boolean waited = System.nanoTime() - began > 900_000_000L;
        return got + " " + early + " " + none + " " + waited;
    }

    /** What was received too often dies, and goes back where it came from. */
    private static Object moves() throws Exception {
        String dead = queue("dead"), url = queue("alive");
        String policy = "{\"deadLetterTargetArn\":\"" + arn(dead) + "\",\"maxReceiveCount\":\"1\"}";
        sqs.setQueueAttributes(r -> r.queueUrl(url).attributes(Map.of(QueueAttributeName.REDRIVE_POLICY, policy)));
        List<String> sources = sqs.listDeadLetterSourceQueuesPaginator(r -> r.queueUrl(dead)).queueUrls().stream().collect(Collectors.toList());
        for (int i = 0; i < 3; i++) send(url, "m" + i);
        for (Message message : receive(url)) {
            sqs.changeMessageVisibility(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()).visibilityTimeout(0));
        }
        int alive = receive(url).size();
        String handle = sqs.startMessageMoveTask(r -> r.sourceArn(arn(dead)).maxNumberOfMessagesPerSecond(1)).taskHandle();
        String second = failure(() -> sqs.startMessageMoveTask(r -> r.sourceArn(arn(dead))));
        long moved = sqs.cancelMessageMoveTask(r -> r.taskHandle(handle)).approximateNumberOfMessagesMoved();
        String late = failure(() -> sqs.cancelMessageMoveTask(r -> r.taskHandle(handle)));
        sqs.startMessageMoveTask(r -> r.sourceArn(arn(dead)).destinationArn(arn(url)));
        List<ListMessageMoveTasksResultEntry> tasks;
        do {
            tasks = sqs.listMessageMoveTasks(r -> r.sourceArn(arn(dead)).maxResults(10)).results();
            Thread.sleep(20);
        } while (tasks.get(0).status().equals("RUNNING"));
        List<String> statuses = tasks.stream().map(ListMessageMoveTasksResultEntry::status).collect(Collectors.toList());
        return sources.equals(List.of(url)) + " " + alive + " " + second + " " + (moved < 3) + " " + late + " " + statuses + " "
            + new TreeSet<>(bodies(receive(url)));
    }

    private static Object queues() {
        String url = sqs.createQueue(r -> r.queueName("tagged").tags(Map.of("a", "b")).attributes(Map.of(
            QueueAttributeName.VISIBILITY_TIMEOUT, "7", QueueAttributeName.DELAY_SECONDS, "0"))).queueUrl();
        sqs.tagQueue(r -> r.queueUrl(url).tags(Map.of("c", "d", "e", "f")));
        sqs.untagQueue(r -> r.queueUrl(url).tagKeys("a", "e"));
        sqs.addPermission(r -> r.queueUrl(url).label("one").awsAccountIds("123456789012").actions("SendMessage"));
        sqs.addPermission(r -> r.queueUrl(url).label("two").awsAccountIds("123456789012").actions("*"));
        sqs.removePermission(r -> r.queueUrl(url).label("one"));
        Map<QueueAttributeName, String> told = sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(QueueAttributeName.ALL)).attributes();
        for (int i = 0; i < 5; i++) queue("page-" + i);
        List<String> paged = sqs.listQueuesPaginator(r -> r.queueNamePrefix("page-").maxResults(2)).queueUrls().stream()
            .map(each -> each.substring(each.lastIndexOf('/') + 1)).collect(Collectors.toList());
        Map<String, String> tags = new TreeMap<>(sqs.listQueueTags(r -> r.queueUrl(url)).tags());
        sqs.deleteQueue(r -> r.queueUrl(url));
        String gone = failure(() -> sqs.getQueueUrl(r -> r.queueName("tagged")));
        return tags + " " + told.get(QueueAttributeName.VISIBILITY_TIMEOUT) + " "
            + told.get(QueueAttributeName.POLICY).contains("\"Sid\":\"two\"") + told.get(QueueAttributeName.POLICY).contains("\"Sid\":\"one\"") + " "
            + told.containsKey(QueueAttributeName.UNKNOWN_TO_SDK_VERSION) + " " + paged + " " + gone;
    }

    /** A queue is found by the last part of its URL, whatever address was kept; new ones begin as the client came. */
    private static Object urls() {
        String url = queue("addressed");
        int port = URI.create(endpoint).getPort();
        List<String> begun = new ArrayList<>();
        for (String host : List.of("127.0.0.1", "localhost")) {
            try (SqsClient there = client("http://" + host + ":" + port, credentials)) {
                begun.add(URI.create(there.getQueueUrl(r -> r.queueName("addressed")).queueUrl()).getHost());
                String elsewhere = "https://sqs.eu-west-1.amazonaws.com/123456789012/addressed";
                there.sendMessage(r -> r.queueUrl(elsewhere).messageBody("to " + host));
            }
        }
        String owned = sqs.getQueueUrl(r -> r.queueName("addressed").queueOwnerAWSAccountId("000000000000")).queueUrl();
        return begun + " " + bodies(receive(url)) + " " + owned.equals(url) + " " + url.equals(endpoint + "/000000000000/addressed");
    }

    private static Object visibility() {
        String url = queue("hidden");
        send(url, "x");
        Message first = receive(url).get(0);
        int hidden = receive(url).size();
        sqs.changeMessageVisibility(r -> r.queueUrl(url).receiptHandle(first.receiptHandle()).visibilityTimeout(0));
        Message second = receive(url).get(0);
        sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(first.receiptHandle()));
        String gone = failure(() -> sqs.changeMessageVisibility(r -> r.queueUrl(url).receiptHandle(second.receiptHandle()).visibilityTimeout(5)));
        return hidden + " " + second.attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT) + " "
            + !first.receiptHandle().equals(second.receiptHandle()) + " " + gone;
    }
}
