<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

use Throwable;

/** What the functions of the provisioning module have in common. */
final class Module
{
    private const PAGE_SECONDS = 6;

    /**
     * Runs a command; returns "success", or what staff, or the customer, reads about its failure.
     *
     * @param callable(): void $work
     */
    public static function run(callable $work, bool $isForCustomer = false): string
    {
        try {
            $work();
            return 'success';
        } catch (Throwable $error) {
            $sentence = Text::failure($error);
            $isPlain = $error instanceof Refusal && $error->isForCustomer;
            return !$isForCustomer || $isPlain ? $sentence : 'This could not be done at the moment. Open the service again to see how it is now.';
        }
    }

    /**
     * Returns the variables of the customer's page of a service.
     *
     * @param array<array-key, mixed> $params the parameters of the module function
     *
     * @return array<string, mixed>
     */
    public static function customerPage(array $params): array
    {
        $data = new Data($params);
        // The client is in the name: what was stored for the one before is not shown to the next.
        $subject = "service-{$data->text('serviceid')}-customer-{$data->text('userid')}";
        $page = Page::read($subject, static function () use ($params): array {
            $api = new Api(Connection::ofServer($params), self::PAGE_SECONDS);
            $service = Service::of($params);
            Owner::check($api, $service->path(), $service->client);
            return $api->get('/embedded' . $service->path(), ['for' => 'customer'] + Language::query());
        });
        $variables = $page->variables();
        return [
            'sluice' => $variables,
            'sluiceService' => $data->text('serviceid'),
            'sluiceNewPassword' => ClientPassword::made($data->text('serviceid')),
            'sluiceTicket' => $variables['packages'] === [] ? '' : Purchase::of($params)->ticket(),
        ];
    }
}
