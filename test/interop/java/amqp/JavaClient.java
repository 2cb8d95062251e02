import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.RpcClient;
import com.rabbitmq.client.RpcClientParams;
import com.rabbitmq.client.RpcServer;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.impl.recovery.AutorecoveringConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The Java client, scenario by scenario: each prints its name and what it saw, or how it failed. */
public final class JavaClient {
    private interface Scenario {
        Object run(Connection connection, Channel channel) throws Exception;
    }

    private interface Act {
        void on(Channel channel) throws Exception;
    }

    private static ConnectionFactory factory;

    public static void main(String[] args) throws Exception {
        factory = new ConnectionFactory();
        factory.setUri(args[0]);
        factory.setNetworkRecoveryInterval(100);
        if (args.length > 1) {
            recovery();
            return;
        }
        Map<String, Scenario> scenarios = new TreeMap<>();
        scenarios.put("routing", JavaClient::routing);
        scenarios.put("properties", JavaClient::properties);
        scenarios.put("confirms", JavaClient::confirms);
        scenarios.put("frames", JavaClient::frames);
        scenarios.put("doors", JavaClient::doors);
        scenarios.put("errors", JavaClient::errors);
        scenarios.put("rpc", JavaClient::rpc);
        scenarios.put("settling", JavaClient::settling);
        scenarios.put("fairness", JavaClient::fairness);
        scenarios.put("globalPrefetch", JavaClient::globalPrefetch);
        scenarios.put("priorities", JavaClient::priorities);
        scenarios.put("singleActive", JavaClient::singleActive);
        scenarios.put("cancelled", JavaClient::cancelled);
        scenarios.put("transaction", JavaClient::transaction);
        scenarios.put("deaths", JavaClient::deaths);
        scenarios.put("lengths", JavaClient::lengths);
        scenarios.put("leases", JavaClient::leases);
        scenarios.put("senderSelected", JavaClient::senderSelected);
        scenarios.put("withoutWaiting", JavaClient::withoutWaiting);
        scenarios.put("channels", JavaClient::channels);
        scenarios.put("heartbeat", JavaClient::heartbeat);
        for (Map.Entry<String, Scenario> each : scenarios.entrySet()) {
            try (Connection connection = factory.newConnection()) {
                say(each.getKey(), each.getValue().run(connection, connection.createChannel()));
            } catch (Exception error) {
                say(each.getKey(), error);
                error.printStackTrace();
            }
        }
    }

    private static void say(String name, Object seen) {
        System.out.println("= " + name + ": " + seen);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> drained(Channel channel, String queue) throws IOException {
        List<String> bodies = new ArrayList<>();
        for (GetResponse next; (next = channel.basicGet(queue, true)) != null; ) {
            bodies.add(new String(next.getBody(), StandardCharsets.UTF_8));
        }
        return bodies;
    }

    private static String bound(Channel channel, String exchange, String key, Map<String, Object> arguments)
            throws IOException {
        String queue = channel.queueDeclare().getQueue();
        channel.queueBind(queue, exchange, key, arguments);
        return queue;
    }

    /** With what code, class and method the server closes a channel. */
    private static String refused(Connection connection, Act act) throws Exception {
        Channel channel = connection.createChannel();
        BlockingQueue<ShutdownSignalException> closes = new ArrayBlockingQueue<>(1);
        channel.addShutdownListener(closes::add);
        try {
            act.on(channel);
        } catch (IOException | ShutdownSignalException expected) {
            // The listener hears of it too.
        }
        ShutdownSignalException close = closes.poll(5, TimeUnit.SECONDS);
        if (close == null) return "not refused";
        AMQP.Channel.Close reason = (AMQP.Channel.Close) close.getReason();
        return reason.getReplyCode() + " " + reason.getClassId() + "." + reason.getMethodId();
    }

    private static Object routing(Connection connection, Channel channel) throws Exception {
        channel.confirmSelect();
        channel.exchangeDeclare("java.direct", BuiltinExchangeType.DIRECT, false, true, null);
        String kong = bound(channel, "java.direct", "kong", null);
        String black = bound(channel, "java.direct", "black", null);
        channel.basicPublish("java.direct", "kong", null, bytes("banana"));
        channel.exchangeDeclare("java.topic", BuiltinExchangeType.TOPIC, false, true, null);
        String usa = bound(channel, "java.topic", "usa.#", null);
        String news = bound(channel, "java.topic", "*.news.*", null);
        String korea = bound(channel, "java.topic", "korea.news", null);
        channel.basicPublish("java.topic", "usa.news.weather", null, bytes("sunny"));
        Map<String, Object> wanted = Map.of("x-match", "all", "n", 1, "s", "text", "b", true);
        String headers = bound(channel, "amq.headers", "", wanted);
        channel.basicPublish("amq.headers", "", headed(Map.of("n", 1L, "s", "text", "b", true)), bytes("matched"));
        channel.basicPublish("amq.headers", "", headed(Map.of("n", 1, "s", "text")), bytes("not"));
        channel.exchangeDeclare("java.unrouted", BuiltinExchangeType.FANOUT, false, true, null);
        String unrouted = bound(channel, "java.unrouted", "", null);
        Map<String, Object> alternate = Map.of("alternate-exchange", "java.unrouted");
        channel.exchangeDeclare("java.in", BuiltinExchangeType.DIRECT, false, true, alternate);
        channel.exchangeBind("amq.fanout", "java.in", "on");
        String onward = bound(channel, "amq.fanout", "", null);
        channel.basicPublish("java.in", "on", null, bytes("onward"));
        channel.basicPublish("java.in", "off", null, bytes("astray"));
        channel.waitForConfirmsOrDie(5000);
        channel.exchangeUnbind("amq.fanout", "java.in", "on");
        List<List<String>> seen = new ArrayList<>();
        for (String queue : List.of(kong, black, usa, news, korea, headers, onward, unrouted)) {
            seen.add(drained(channel, queue));
        }
        return seen;
    }

    private static AMQP.BasicProperties headed(Map<String, Object> headers) {
        return new AMQP.BasicProperties.Builder().headers(headers).build();
    }

    private static Object properties(Connection connection, Channel channel) throws Exception {
        Map<String, Object> server = connection.getServerProperties();
        String version = server.get("version").toString();
        Map<?, ?> capabilities = (Map<?, ?>) server.get("capabilities");
        Map<String, Object> headers = new HashMap<>();
        headers.put("int", 1);
        headers.put("long", 1L << 40);
        headers.put("date", new Date(1_700_000_000_000L));
        headers.put("list", Arrays.asList(1, "two", null));
        headers.put("decimal", new java.math.BigDecimal("12.34"));
        headers.put("table", Map.of("k", (byte) 1));
        headers.put("short", (short) 5);
        headers.put("float", 1.5f);
        headers.put("double", 2.5d);
        AMQP.BasicProperties sent = new AMQP.BasicProperties.Builder()
                .contentType("text/plain").contentEncoding("utf-8").headers(headers).deliveryMode(2).priority(7)
                .correlationId("c").replyTo("r").expiration("60000").messageId("m").timestamp(new Date(5000))
                .type("t").userId("guest").appId("a").build();
        String queue = channel.queueDeclare().getQueue();
        channel.basicPublish("", queue, sent, bytes("x"));
        AMQP.BasicProperties received = channel.basicGet(queue, true).getProps();
        Map<String, Object> back = new TreeMap<>(received.getHeaders());
        Map<String, Object> expected = new TreeMap<>();
        headers.forEach((key, value) -> expected.put(key, value));
        boolean same = back.toString().equals(expected.toString())
                && received.builder().headers(null).build().equals(sent.builder().headers(null).build());
        return version.matches("\\d+\\.\\d+\\.\\d+.*") + " " + (capabilities.size() >= 9) + " " + same;
    }

    private static Object confirms(Connection connection, Channel channel) throws Exception {
        channel.confirmSelect();
        String queue = channel.queueDeclare().getQueue();
        for (int n = 0; n < 10_000; n++) {
            channel.basicPublish("", queue, n % 2 == 0 ? MessageProperties.MINIMAL_PERSISTENT_BASIC : null, bytes("" + n));
        }
        channel.waitForConfirmsOrDie(20_000);
        List<String> events = new ArrayList<>();
        channel.addReturnListener(returned -> events.add(returned.getReplyCode() + " " + returned.getRoutingKey()));
        channel.basicPublish("", "java.nobody", true, null, bytes("lost"));
        boolean all = channel.waitForConfirms(5000);
        String full = channel.queueDeclare("", false, true, true,
                Map.of("x-max-length", 1, "x-overflow", "reject-publish")).getQueue();
        channel.basicPublish("", full, null, bytes("1"));
        channel.basicPublish("", full, null, bytes("2"));
        boolean nacked = !channel.waitForConfirms(5000);
        return channel.messageCount(queue) + " " + all + " " + events + " " + nacked;
    }

    private static Object frames(Connection connection, Channel channel) throws Exception {
        ConnectionFactory narrow = factory.clone();
        narrow.setRequestedFrameMax(8192);
        byte[] body = new byte[1_000_000];
        for (int at = 0; at < body.length; at++) body[at] = (byte) (at * 31);
        String queue = channel.queueDeclare("java.frames", false, false, true, null).getQueue();
        boolean whole = true;
        try (Connection own = narrow.newConnection()) {
            Channel other = own.createChannel();
            other.confirmSelect();
            for (int size : new int[] {0, 1, 8184, 8185, 1_000_000}) {
                byte[] part = Arrays.copyOf(body, size);
                other.basicPublish("", queue, null, part);
                other.waitForConfirmsOrDie(5000);
                whole &= Arrays.equals(part, channel.basicGet(queue, true).getBody());
                other.basicPublish("", queue, null, part);
                other.waitForConfirmsOrDie(5000);
                whole &= Arrays.equals(part, other.basicGet(queue, true).getBody());
            }
            whole &= own.getFrameMax() == 8192;
        }
        channel.queueDelete(queue);
        return whole;
    }

    private static Object doors(Connection connection, Channel channel) throws Exception {
        List<String> seen = new ArrayList<>();
        ConnectionFactory wrong = factory.clone();
        wrong.setPassword("wrong");
        try {
            wrong.newConnection();
        } catch (AuthenticationFailureException error) {
            seen.add(error.getMessage().split(" ")[0]);
        }
        ConnectionFactory astray = factory.clone();
        astray.setVirtualHost("nowhere");
        try {
            astray.newConnection();
        } catch (IOException error) {
            ShutdownSignalException close = (ShutdownSignalException) error.getCause();
            seen.add("" + ((AMQP.Connection.Close) close.getReason()).getReplyCode());
        }
        return seen;
    }

    private static Object errors(Connection connection, Channel channel) throws Exception {
        channel.queueDeclare("java.settled", true, false, false, null);
        channel.exchangeDeclare("java.settled", "direct", true);
        List<String> seen = new ArrayList<>();
        List<Act> acts = List.of(
                own -> own.queueDeclarePassive("java.nowhere"),
                own -> own.queueDeclare("java.settled", false, false, false, null),
                own -> own.exchangeDeclare("java.settled", "fanout", true),
                own -> own.exchangeDeclare("java.odd", "no-such-type"),
                own -> own.exchangeDeclarePassive("java.nowhere"),
                own -> own.queueDeclare("amq.mine", false, false, false, null),
                own -> own.exchangeDelete("amq.direct"),
                own -> own.queueBind("java.settled", "java.nowhere", ""),
                own -> own.basicPublish("java.nowhere", "", null, bytes("x")),
                own -> own.basicAck(5, false),
                own -> own.basicConsume("java.nowhere", new DefaultConsumer(own)),
                own -> own.txCommit(),
                own -> {
                    own.txSelect();
                    own.confirmSelect();
                },
                own -> own.basicPublish("", "x", new AMQP.BasicProperties.Builder().expiration("soon").build(), bytes("x")),
                own -> own.basicPublish("", "x", new AMQP.BasicProperties.Builder().userId("other").build(), bytes("x")));
        for (Act act : acts) seen.add(refused(connection, act));
        channel.queueDelete("java.settled");
        channel.exchangeDelete("java.settled");
        channel.queueDelete("java.never");
        return String.join(", ", seen) + " " + connection.isOpen();
    }

    private static Object rpc(Connection connection, Channel channel) throws Exception {
        Channel serving = connection.createChannel();
        String queue = serving.queueDeclare().getQueue();
        RpcServer server = new RpcServer(serving, queue) {
            @Override
            public byte[] handleCall(Delivery request, AMQP.BasicProperties reply) {
                return bytes("re: " + new String(request.getBody(), StandardCharsets.UTF_8));
            }
        };
        Thread thread = new Thread(() -> {
            try {
                server.mainloop();
            } catch (Exception over) {
                // It ends with its channel.
            }
        });
        thread.setDaemon(true);
        thread.start();
        RpcClient client = new RpcClient(new RpcClientParams().channel(channel).exchange("").routingKey(queue).timeout(5000));
        List<String> replies = new ArrayList<>();
        for (int n = 0; n < 3; n++) replies.add(client.stringCall("call " + n));
        client.close();
        server.close();
        return replies;
    }

    /** What is given back, one by one or many at a time, keeps its place. */
    private static Object settling(Connection connection, Channel channel) throws Exception {
        String queue = channel.queueDeclare("java.settling", false, false, true, null).getQueue();
        for (int n = 0; n < 6; n++) channel.basicPublish("", queue, null, bytes("" + n));
        Channel other = connection.createChannel();
        long last = 0;
        for (int n = 0; n < 5; n++) last = other.basicGet(queue, false).getEnvelope().getDeliveryTag();
        other.basicAck(2, false);
        other.basicNack(4, true, true);
        other.basicReject(last, false);
        List<String> seen = new ArrayList<>();
        GetResponse next;
        while ((next = other.basicGet(queue, false)) != null) {
            seen.add(new String(next.getBody()) + (next.getEnvelope().isRedeliver() ? "r" : ""));
        }
        other.basicRecover(true);
        long back = channel.messageCount(queue);
        GetResponse held = other.basicGet(queue, false);
        other.close();
        seen.add("then " + back + ", " + channel.messageCount(queue) + " " + new String(held.getBody()));
        channel.queueDelete(queue);
        return seen;
    }

    /** Two consumers with the same prefetch get the same share. */
    private static Object fairness(Connection connection, Channel channel) throws Exception {
        String queue = channel.queueDeclare().getQueue();
        int total = 400;
        AtomicInteger[] counts = {new AtomicInteger(), new AtomicInteger()};
        CountDownLatch all = new CountDownLatch(total);
        for (AtomicInteger count : counts) {
            Channel own = connection.createChannel();
            own.basicQos(1);
            own.basicConsume(queue, false, new DefaultConsumer(own) {
                @Override
                public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                        throws IOException {
                    count.incrementAndGet();
                    all.countDown();
                    own.basicAck(envelope.getDeliveryTag(), false);
                }
            });
        }
        for (int n = 0; n < total; n++) channel.basicPublish("", queue, null, bytes("" + n));
        boolean came = all.await(10, TimeUnit.SECONDS);
        return came + " " + (Math.abs(counts[0].get() - counts[1].get()) < total / 2);
    }

    private static Object globalPrefetch(Connection connection, Channel channel) throws Exception {
        String queue = channel.queueDeclare().getQueue();
        BlockingQueue<Envelope> came = new LinkedBlockingQueue<>();
        channel.basicQos(3, true);
        for (int n = 0; n < 2; n++) {
            channel.basicConsume(queue, false, new DefaultConsumer(channel) {
                @Override
                public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                    came.add(envelope);
                }
            });
        }
        for (int n = 0; n < 10; n++) channel.basicPublish("", queue, null, bytes("" + n));
        long last = 0;
        for (int n = 0; n < 3; n++) last = came.poll(5, TimeUnit.SECONDS).getDeliveryTag();
        boolean held = came.poll(200, TimeUnit.MILLISECONDS) == null;
        channel.basicAck(last, true);
        int more = 0;
        while (came.poll(200, TimeUnit.MILLISECONDS) != null) more++;
        return held + " " + more;
    }

    private static Object priorities(Connection connection, Channel channel) throws Exception {
        String queue = channel.queueDeclare("", false, true, true, Map.of("x-max-priority", 5)).getQueue();
        for (int n = 0; n < 8; n++) {
            channel.basicPublish("", queue, new AMQP.BasicProperties.Builder().priority(n).build(), bytes("" + n));
        }
        List<String> bodies = drained(channel, queue);
        String shared = channel.queueDeclare().getQueue();
        BlockingQueue<String> who = new LinkedBlockingQueue<>();
        for (int priority : new int[] {1, 5}) {
            Channel own = connection.createChannel();
            own.basicQos(2);
            own.basicConsume(shared, false, Map.of("x-priority", priority), new DefaultConsumer(own) {
                @Override
                public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                    who.add("p" + priority);
                }
            });
        }
        List<String> order = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            channel.basicPublish("", shared, null, bytes("" + n));
            order.add(who.poll(5, TimeUnit.SECONDS));
        }
        return bodies + " " + order;
    }

    private static Object singleActive(Connection connection, Channel channel) throws Exception {
        String queue = channel.queueDeclare("", false, true, true, Map.of("x-single-active-consumer", true)).getQueue();
        BlockingQueue<String> who = new LinkedBlockingQueue<>();
        List<Channel> channels = new ArrayList<>();
        for (int n = 0; n < 2; n++) {
            String name = "c" + n;
            Channel own = connection.createChannel();
            channels.add(own);
            own.basicConsume(queue, true, (tag, delivery) -> who.add(name), tag -> {});
        }
        List<String> order = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            if (n == 2) channels.get(0).close();
            channel.basicPublish("", queue, null, bytes("" + n));
            order.add(who.poll(5, TimeUnit.SECONDS));
        }
        return order;
    }

    private static Object cancelled(Connection connection, Channel channel) throws Exception {
        String queue = channel.queueDeclare().getQueue();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        channel.basicConsume(queue, true, "mine", (tag, delivery) -> {}, told::add);
        String twice = refused(connection, own -> own.basicConsume(queue, true, "x", false, true, null, new DefaultConsumer(own)));
        connection.createChannel().queueDelete(queue);
        return told.poll(5, TimeUnit.SECONDS) + " " + twice;
    }

    private static Object transaction(Connection connection, Channel channel) throws Exception {
        String queue = channel.queueDeclare().getQueue();
        Channel other = connection.createChannel();
        channel.txSelect();
        channel.basicPublish("", queue, null, bytes("undone"));
        channel.txRollback();
        channel.basicPublish("", queue, null, bytes("done"));
        long before = other.messageCount(queue);
        channel.txCommit();
        long after = other.messageCount(queue);
        GetResponse taken = channel.basicGet(queue, false);
        channel.basicAck(taken.getEnvelope().getDeliveryTag(), false);
        channel.txRollback();
        channel.basicAck(taken.getEnvelope().getDeliveryTag(), false);
        channel.txCommit();
        channel.basicRecover(true);
        return before + " " + after + " " + other.messageCount(queue);
    }

    /** Rejected, then expired, then too many: each death is told of, the latest first. */
    private static Object deaths(Connection connection, Channel channel) throws Exception {
        channel.exchangeDeclare("java.dlx", BuiltinExchangeType.DIRECT, false, true, null);
        String last = bound(channel, "java.dlx", "third", null);
        String third = channel.queueDeclare("java.third", false, true, true,
                Map.of("x-dead-letter-exchange", "java.dlx", "x-max-length", 0)).getQueue();
        channel.queueBind(third, "java.dlx", "second");
        String second = channel.queueDeclare("java.second", false, true, true,
                Map.of("x-dead-letter-exchange", "java.dlx", "x-dead-letter-routing-key", "second", "x-message-ttl", 10))
                .getQueue();
        channel.queueBind(second, "java.dlx", "first");
        Map<String, Object> on = Map.of("x-dead-letter-exchange", "java.dlx", "x-dead-letter-routing-key", "first");
        String first = channel.queueDeclare("java.first", false, true, true, on).getQueue();
        channel.queueBind(last, "java.dlx", "second");
        channel.basicPublish("", first, new AMQP.BasicProperties.Builder().expiration("60000").build(), bytes("mortal"));
        channel.basicReject(channel.basicGet(first, false).getEnvelope().getDeliveryTag(), false);
        List<String> seen = new ArrayList<>();
        for (int round = 0; round < 200 && seen.size() < 2; round++) {
            GetResponse got = channel.basicGet(last, true);
            if (got == null) {
                Thread.sleep(10);
                continue;
            }
            List<String> story = new ArrayList<>();
            for (Object each : (List<?>) got.getProps().getHeaders().get("x-death")) {
                Map<?, ?> death = (Map<?, ?>) each;
                story.add(death.get("queue") + " " + death.get("reason") + " " + death.get("count") + " "
                        + death.get("routing-keys") + " " + death.get("original-expiration"));
            }
            seen.add(story + " " + got.getProps().getExpiration());
        }
        seen.sort((one, other) -> one.length() - other.length());
        return seen;
    }

    private static Object lengths(Connection connection, Channel channel) throws Exception {
        String three = channel.queueDeclare("", false, true, true, Map.of("x-max-length", 3)).getQueue();
        String bytes = channel.queueDeclare("", false, true, true, Map.of("x-max-length-bytes", 10)).getQueue();
        for (int n = 0; n < 6; n++) {
            channel.basicPublish("", three, null, bytes("" + n));
            channel.basicPublish("", bytes, null, bytes("abc" + n));
        }
        return drained(channel, three) + " " + drained(channel, bytes);
    }

    private static Object leases(Connection connection, Channel channel) throws Exception {
        channel.queueDeclare("java.lease", true, false, false, Map.of("x-expires", 150));
        Thread.sleep(50);
        channel.queueDeclarePassive("java.lease");
        long began = System.nanoTime();
        String refusal;
        do {
            Thread.sleep(250);
            refusal = refused(connection, own -> own.queueDeclarePassive("java.lease"));
        } while (refusal.equals("not refused") && System.nanoTime() - began < 3e9);
        return refusal;
    }

    private static Object senderSelected(Connection connection, Channel channel) throws Exception {
        List<String> queues = new ArrayList<>();
        for (int n = 0; n < 3; n++) queues.add(channel.queueDeclare().getQueue());
        Map<String, Object> headers = Map.of("CC", List.of(queues.get(1)), "BCC", List.of(queues.get(2)));
        channel.basicPublish("", queues.get(0), headed(headers), bytes("copies"));
        List<String> seen = new ArrayList<>();
        for (String queue : queues) {
            GetResponse got = channel.basicGet(queue, true);
            seen.add(got == null ? "nothing" : String.join(" ", new TreeMap<>(got.getProps().getHeaders()).keySet()));
        }
        return seen;
    }

    private static Object withoutWaiting(Connection connection, Channel channel) throws Exception {
        channel.exchangeDeclareNoWait("java.quick", "fanout", false, false, false, null);
        channel.queueDeclareNoWait("java.quick", false, false, false, null);
        channel.queueBindNoWait("java.quick", "java.quick", "", null);
        channel.basicPublish("java.quick", "", null, bytes("quick"));
        List<String> bodies = drained(channel, "java.quick");
        channel.queueDeleteNoWait("java.quick", false, false);
        channel.exchangeDeleteNoWait("java.quick", false);
        return bodies + " " + refused(connection, own -> own.queueDeclarePassive("java.quick"));
    }

    private static Object channels(Connection connection, Channel channel) throws Exception {
        List<Channel> open = new ArrayList<>();
        for (Channel each; open.size() < 3000 && (each = connection.createChannel()) != null; ) open.add(each);
        int most = open.size() + 1;
        for (Channel each : open.subList(0, 100)) each.close();
        Channel again = connection.createChannel();
        return most == connection.getChannelMax() ? again.queueDeclare().getMessageCount() : most;
    }

    private static Object heartbeat(Connection connection, Channel channel) throws Exception {
        ConnectionFactory pulse = factory.clone();
        pulse.setRequestedHeartbeat(1);
        pulse.setAutomaticRecoveryEnabled(false);
        try (Connection own = pulse.newConnection()) {
            Thread.sleep(3500);
            return own.getHeartbeat() + " " + own.isOpen();
        }
    }

    /** Declares, says so, and goes on when the broker comes back: the client declares all again by itself. */
    private static void recovery() throws Exception {
        try (Connection connection = factory.newConnection()) {
            CountDownLatch back = new CountDownLatch(1);
            ((AutorecoveringConnection) connection).addRecoveryListener(new com.rabbitmq.client.RecoveryListener() {
                @Override
                public void handleRecovery(com.rabbitmq.client.Recoverable recovered) {
                    back.countDown();
                }

                @Override
                public void handleRecoveryStarted(com.rabbitmq.client.Recoverable recovered) {}
            });
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            channel.queueDeclare("java.durable", true, false, false, null);
            String own = channel.queueDeclare().getQueue();
            channel.exchangeDeclare("java.events", "topic", true);
            channel.queueBind(own, "java.events", "#");
            BlockingQueue<String> came = new LinkedBlockingQueue<>();
            channel.basicConsume(own, true, (tag, delivery) -> came.add(new String(delivery.getBody())), tag -> {});
            for (int n = 0; n < 100; n++) {
                channel.basicPublish("", "java.durable", MessageProperties.PERSISTENT_BASIC, bytes("" + n));
            }
            channel.basicPublish("java.events", "before", null, bytes("before"));
            channel.waitForConfirmsOrDie(5000);
            String before = came.poll(5, TimeUnit.SECONDS);
            System.out.println("ready");
            boolean recovered = back.await(30, TimeUnit.SECONDS);
            channel.basicPublish("java.events", "after", null, bytes("after"));
            channel.waitForConfirmsOrDie(5000);
            say(before, came.poll(5, TimeUnit.SECONDS) + " " + recovered + " " + drained(channel, "java.durable").size());
        }
    }
}
