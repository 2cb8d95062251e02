import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import org.apache.kafka.clients.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.consumer.internals.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.message.JoinGroupRequestData.*;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.common.utils.*;

/**
 * What Confluent's registry asks of a broker: a compacted topic of one partition whose policy it looks up, a reader of
 * all of it that knows by a no-op record when it is at the end, and a leader found by a group of the protocol type "sr".
 * Prints what came of it, a fact a line.
 */
public class SchemaStore {
  static final String TOPIC = "_schemas";
  static final String NOOP = "{\"keytype\":\"NOOP\",\"magic\":0}";

  public static void main(String[] args) throws Exception {
    Node first = new Node(args[0], "http://first:8081"), second = new Node(args[0], "http://second:8081");
    say("made", first.makesTopic() + " " + second.makesTopic());
    say("policy", second.policy());
    first.start();
    second.start();
    String leader = agreed(first, second);
    say("leads", leader.equals(first.url) || leader.equals(second.url));
    Node writer = leader.equals(first.url) ? first : second, other = writer == first ? second : first;
    writer.put("{\"keytype\":\"SCHEMA\",\"subject\":\"orders\",\"version\":1,\"magic\":1}", "\"long\"");
    writer.put("{\"keytype\":\"SCHEMA\",\"subject\":\"orders\",\"version\":2,\"magic\":1}", "\"string\"");
    writer.put("{\"keytype\":\"SCHEMA\",\"subject\":\"orders\",\"version\":1,\"magic\":1}", null);
    other.readToEnd();
    say("read", other.schemas);
    writer.close();
    say("heir", agreed(other).equals(other.url));
    other.put("{\"keytype\":\"SCHEMA\",\"subject\":\"orders\",\"version\":3,\"magic\":1}", "\"bytes\"");
    Node third = new Node(args[0], "http://third:8081");
    third.start();
    say("follows", agreed(other, third).equals(other.url));
    say("bootstrapped", third.schemas);
    third.close();
    other.close();
  }

  static void say(String name, Object fact) {
    System.out.println(name + ": " + fact);
  }

  /** The leader, when all of these nodes name the same. */
  static String agreed(Node... nodes) throws Exception {
    for (int attempt = 0; attempt < 600; attempt++) {
      Set<String> named = new HashSet<>();
      for (Node node : nodes) named.add(String.valueOf(node.elector.leader));
      String only = named.iterator().next();
      boolean here = Arrays.stream(nodes).anyMatch(node -> node.url.equals(only));
      if (named.size() == 1 && here) return only;
      Thread.sleep(50);
    }
    throw new TimeoutException("no leader");
  }

  static class Node {
    final String url;
    final Map<String, String> schemas = new TreeMap<>();
    final Elector elector;
    private final Map<String, Object> common;
    private final Admin admin;
    private final KafkaProducer<String, String> producer;
    private final KafkaConsumer<String, String> consumer;
    private final Thread reader = new Thread(this::read), election;
    private volatile boolean over = false;
    private long next = 0;

    Node(String bootstrap, String url) {
      this.url = url;
      common = Map.of("bootstrap.servers", bootstrap);
      admin = Admin.create(common);
      Map<String, Object> writing = new HashMap<>(common);
      writing.putAll(Map.of("acks", "-1", "retries", 0, "enable.idempotence", false));
      producer = new KafkaProducer<>(writing, new StringSerializer(), new StringSerializer());
      Map<String, Object> reading = new HashMap<>(common);
      reading.putAll(Map.of("group.id", "schema-registry-" + url, "auto.offset.reset", "earliest", "enable.auto.commit", false));
      consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new StringDeserializer());
      elector = new Elector(bootstrap, url);
      election = new Thread(() -> {
        while (!over) elector.poll(100);
      });
    }

    boolean makesTopic() throws Exception {
      NewTopic topic = new NewTopic(TOPIC, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
      try {
        admin.createTopics(List.of(topic)).all().get();
        return true;
      } catch (ExecutionException error) {
        if (error.getCause() instanceof TopicExistsException) return false;
        throw error;
      }
    }

    String policy() throws Exception {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
      return admin.describeConfigs(Set.of(resource)).all().get().get(resource).get("cleanup.policy").value();
    }

    void start() throws Exception {
      reader.start();
      readToEnd();
      election.start();
    }

    void put(String key, String value) throws Exception {
      waitFor(producer.send(new ProducerRecord<>(TOPIC, 0, key, value)).get().offset());
    }

    void readToEnd() throws Exception {
      put(NOOP, null);
    }

    private synchronized void waitFor(long offset) throws Exception {
      for (long end = System.currentTimeMillis() + 30_000; next <= offset; wait(100)) {
        if (System.currentTimeMillis() > end) throw new TimeoutException("not read up to " + offset);
      }
    }

    private void read() {
      TopicPartition partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (!over) {
        ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
        synchronized (this) {
          for (ConsumerRecord<String, String> record : records) {
            if (record.value() == null) schemas.remove(record.key());
            else schemas.put(record.key(), record.value());
            next = record.offset() + 1;
          }
          notifyAll();
        }
      }
      consumer.close();
    }

    void close() throws Exception {
      over = true;
      election.join();
      reader.join();
      elector.leave();
      producer.close();
      admin.close();
    }
  }

  /** A member of the group; whoever leads the group appoints the registry's leader and tells everybody. */
  static class Elector extends AbstractCoordinator {
    volatile String leader = null;
    private final String url;
    private final ConsumerNetworkClient network;

    Elector(String bootstrap, String url) {
      this(network(bootstrap, url), url);
    }

    private Elector(ConsumerNetworkClient network, String url) {
      super(
          new GroupRebalanceConfig(10_000, 300_000, 500, "schema-registry", Optional.empty(), 100, 1_000, true),
          new LogContext(), network, new Metrics(), "sr", Time.SYSTEM);
      this.network = network;
      this.url = url;
    }

    private static ConsumerNetworkClient network(String bootstrap, String url) {
      LogContext log = new LogContext();
      AdminClientConfig config = new AdminClientConfig(Map.of("bootstrap.servers", bootstrap, "client.id", url));
      Metadata metadata = new Metadata(100, 1_000, 300_000, log, new ClusterResourceListeners());
      String[] parts = bootstrap.split(":");
      metadata.bootstrap(List.of(new InetSocketAddress(parts[0], Integer.parseInt(parts[1]))));
      NetworkClient client = ClientUtils.createNetworkClient(
          config, new Metrics(), "sr", log, new ApiVersions(), Time.SYSTEM, 100, metadata, null, null);
      return new ConsumerNetworkClient(log, client, metadata, Time.SYSTEM, 100, 30_000, Integer.MAX_VALUE);
    }

    void poll(long timeoutMs) {
      if (coordinatorUnknown()) ensureCoordinatorReady(Time.SYSTEM.timer(timeoutMs));
      if (coordinatorUnknown()) return;
      ensureActiveGroup();
      pollHeartbeat(Time.SYSTEM.milliseconds());
      network.poll(Time.SYSTEM.timer(Math.min(timeoutMs, timeToNextHeartbeat(Time.SYSTEM.milliseconds()))));
    }

    void leave() throws Exception {
      close(Time.SYSTEM.timer(5_000));
      network.close();
    }

    @Override protected String protocolType() {
      return "sr";
    }

    @Override protected JoinGroupRequestProtocolCollection metadata() {
      return new JoinGroupRequestProtocolCollection(
          List.of(new JoinGroupRequestProtocol().setName("v0").setMetadata(url.getBytes(StandardCharsets.UTF_8))).iterator());
    }

    @Override protected boolean onJoinPrepare(org.apache.kafka.common.utils.Timer timer, int generation, String memberId) {
      leader = null;
      return true;
    }

    @Override protected Map<String, ByteBuffer> onLeaderElected(
        String leaderId, String protocol, List<JoinGroupResponseMember> members, boolean skipAssignment) {
      String appointed = members.stream().map(one -> new String(one.metadata(), StandardCharsets.UTF_8)).sorted().findFirst().get();
      Map<String, ByteBuffer> told = new HashMap<>();
      for (JoinGroupResponseMember one : members) {
        told.put(one.memberId(), ByteBuffer.wrap(appointed.getBytes(StandardCharsets.UTF_8)));
      }
      return told;
    }

    @Override protected void onJoinComplete(int generation, String memberId, String protocol, ByteBuffer assignment) {
      leader = StandardCharsets.UTF_8.decode(assignment).toString();
    }
  }
}
