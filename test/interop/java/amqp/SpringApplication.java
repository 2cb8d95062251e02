import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessagePostProcessor;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.annotation.EnableRabbit;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.RetryInterceptorBuilder;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.retry.RejectAndDontRequeueRecoverer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A Spring application with listeners that answer, try again and give up; prints what it saw, a line each. */
public final class SpringApplication {
    static String address;

    @Configuration
    @EnableRabbit
    public static class Settings {
        @Bean
        public CachingConnectionFactory connectionFactory() {
            CachingConnectionFactory factory = new CachingConnectionFactory();
            factory.setUri(address);
            factory.setPublisherConfirmType(CachingConnectionFactory.ConfirmType.CORRELATED);
            factory.setPublisherReturns(true);
            return factory;
        }

        @Bean
        public RabbitAdmin admin(CachingConnectionFactory factory) {
            return new RabbitAdmin(factory);
        }

        @Bean
        public RabbitTemplate template(CachingConnectionFactory factory) {
            RabbitTemplate template = new RabbitTemplate(factory);
            template.setMandatory(true);
            template.setReplyTimeout(5000);
            return template;
        }

        @Bean
        public SimpleRabbitListenerContainerFactory rabbitListenerContainerFactory(CachingConnectionFactory factory) {
            SimpleRabbitListenerContainerFactory listeners = new SimpleRabbitListenerContainerFactory();
            listeners.setConnectionFactory(factory);
            listeners.setConcurrentConsumers(2);
            listeners.setPrefetchCount(10);
            return listeners;
        }

        /** Tries each message three times, then sends it to where its queue sends dead letters. */
        @Bean
        public SimpleRabbitListenerContainerFactory retrying(CachingConnectionFactory factory) {
            SimpleRabbitListenerContainerFactory listeners = new SimpleRabbitListenerContainerFactory();
            listeners.setConnectionFactory(factory);
            listeners.setDefaultRequeueRejected(false);
            listeners.setAdviceChain(RetryInterceptorBuilder.stateless()
                    .maxRetries(2)
                    .backOffOptions(20, 2.0, 100)
                    .recoverer(new RejectAndDontRequeueRecoverer())
                    .build());
            return listeners;
        }

        @Bean
        public TopicExchange shop() {
            return new TopicExchange("spring.shop");
        }

        @Bean
        public DirectExchange graveyard() {
            return new DirectExchange("spring.graveyard");
        }

        @Bean
        public Queue orders() {
            return QueueBuilder.durable("spring.orders").deadLetterExchange("spring.graveyard")
                    .deadLetterRoutingKey("order").build();
        }

        @Bean
        public Queue quorum() {
            return QueueBuilder.durable("spring.quorum").quorum().deliveryLimit(2)
                    .deadLetterExchange("spring.graveyard").deadLetterRoutingKey("order").build();
        }

        @Bean
        public Queue dead() {
            return QueueBuilder.durable("spring.dead").build();
        }

        @Bean
        public Queue squares() {
            return QueueBuilder.nonDurable("spring.squares").autoDelete().build();
        }

        @Bean
        public Binding ordersBinding(TopicExchange shop) {
            return BindingBuilder.bind(orders()).to(shop).with("order.#");
        }

        @Bean
        public Binding deadBinding(DirectExchange graveyard) {
            return BindingBuilder.bind(dead()).to(graveyard).with("order");
        }

        @Bean
        public Listeners listeners() {
            return new Listeners();
        }
    }

    public static class Listeners {
        final BlockingQueue<String> taken = new LinkedBlockingQueue<>();
        final BlockingQueue<Message> dead = new LinkedBlockingQueue<>();
        final AtomicInteger tries = new AtomicInteger();
        final AtomicInteger deliveries = new AtomicInteger();

        @RabbitListener(queues = "spring.orders", containerFactory = "retrying")
        public void order(String body) {
            if (body.startsWith("bad")) {
                tries.incrementAndGet();
                throw new IllegalStateException("not this one");
            }
            taken.add(body);
        }

        @RabbitListener(queues = "spring.quorum")
        public void quorum(String body) {
            deliveries.incrementAndGet();
            throw new IllegalStateException("again and again");
        }

        @RabbitListener(queues = "spring.dead")
        public void mourn(Message message) {
            dead.add(message);
        }

        @RabbitListener(queues = "spring.squares")
        public String square(String number) {
            int value = Integer.parseInt(number);
            return "" + value * value;
        }
    }

    private static void say(String name, Object seen) {
        System.out.println("= " + name + ": " + seen);
    }

    public static void main(String[] args) throws Exception {
        address = args[0];
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Settings.class)) {
            RabbitTemplate template = context.getBean(RabbitTemplate.class);
            Listeners listeners = context.getBean(Listeners.class);
            RabbitAdmin admin = context.getBean(RabbitAdmin.class);

            CorrelationData good = new CorrelationData("good");
            template.convertAndSend("spring.shop", "order.new", "good", same(), good);
            CorrelationData astray = new CorrelationData("astray");
            template.convertAndSend("spring.shop", "nobody", "astray", same(), astray);
            say("confirmed", good.getFuture().get(5, TimeUnit.SECONDS).ack() + " " + (good.getReturned() == null));
            say("returned", astray.getFuture().get(5, TimeUnit.SECONDS).ack() + " " + astray.getReturned().getReplyText());
            say("taken", listeners.taken.poll(5, TimeUnit.SECONDS));

            template.convertAndSend("spring.shop", "order.new", "bad");
            say("dead", story(listeners.dead.poll(5, TimeUnit.SECONDS)) + " after " + listeners.tries.get());
            template.convertAndSend("spring.quorum", "poison");
            say("limited", story(listeners.dead.poll(5, TimeUnit.SECONDS)) + " after " + listeners.deliveries.get());

            say("direct reply", template.convertSendAndReceive("", "spring.squares", "7"));
            template.setUseTemporaryReplyQueues(true);
            say("temporary reply", template.convertSendAndReceive("", "spring.squares", "8"));
            say("invoked", template.<Boolean>invoke(own -> {
                for (int n = 0; n < 100; n++) own.convertAndSend("spring.shop", "order.new", "order " + n);
                return true;
            }));
            int came = 0;
            while (came < 100 && listeners.taken.poll(5, TimeUnit.SECONDS) != null) came++;
            say("came", came);
            say("listed", admin.getQueueInfo("spring.orders").getMessageCount() + " "
                    + admin.getQueueInfo("spring.squares").getConsumerCount());
        }
    }

    private static MessagePostProcessor same() {
        return message -> message;
    }

    private static String story(Message message) {
        Map<String, ?> death = ((List<Map<String, ?>>) (Object) message.getMessageProperties().getXDeathHeader()).get(0);
        return new String(message.getBody()) + " " + death.get("queue") + " " + death.get("reason") + " " + death.get("count");
    }
}
