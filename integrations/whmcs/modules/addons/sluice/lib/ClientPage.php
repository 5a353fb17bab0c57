<?php

declare(strict_types=1);

namespace Sluice\Whmcs\Addon;

use Sluice\Whmcs\Api;
use Sluice\Whmcs\Connection;
use Sluice\Whmcs\Data;
use Sluice\Whmcs\Language;
use Sluice\Whmcs\Owner;
use Sluice\Whmcs\Page;
use WHMCS\Authentication\CurrentUser;

/**
 * The pages of the client who is logged in. Which client that is comes from WHMCS's session alone, and which services are his from the
 * API alone: a page of another service is not read at all.
 */
final class ClientPage
{
    private const SECONDS = 6;

    /**
     * Returns what WHMCS renders: the list of the client's services, or the page of the one that is asked for.
     *
     * @param array<array-key, mixed> $query `service`: the id of a service in Sluice; `login`: log in to its panel
     * @param array<array-key, mixed> $form `package`, `ticket` and `agreed`, of a purchase
     *
     * @return array<string, mixed>
     */
    public static function of(array $query, array $form): array
    {
        $page = [
            'pagetitle' => 'Traffic and accounts',
            'breadcrumb' => ['index.php?m=sluice' => 'Traffic and accounts'],
            'templatefile' => 'templates/services',
            'requirelogin' => true,
            'vars' => ['sluice' => ['parts' => [], 'fault' => '', 'timeZone' => ''], 'sluiceServices' => []],
        ];
        $client = self::client();
        if ($client === null) {
            return $page;
        }
        $list = self::services($client, self::SECONDS);
        $asked = (new Data($query))->text('service');
        $services = [];
        $isMoved = false;
        foreach ((new Data($list->document))->items('services') as $service) {
            if (Owner::isAnother($service->text('service'), $client)) {
                $isMoved = true;
                continue;
            }
            $services[] = ['service' => $service->text('service'), 'title' => $service->text('title'), 'summary' => $service->text('summary')];
        }
        foreach ($services as $service) {
            if ($service['service'] === $asked) {
                return (new ServicePage($client, $service))->of($page, $query, $form);
            }
        }
        $variables = $list->variables();
        if ($isMoved) {
            // They show the services that Sluice has for the client.
            $variables['parts'] = [];
        }
        if ($asked !== '' && $variables['fault'] === '') {
            $variables['fault'] = 'This is not one of your services.';
        }
        return ['vars' => ['sluice' => $variables, 'sluiceServices' => $services]] + $page;
    }

    /** Returns the id of the client who is logged in; null for a guest. */
    public static function client(): ?string
    {
        if (class_exists(CurrentUser::class)) {
            $client = (new CurrentUser())->client();
            $id = $client === null ? null : ($client->id ?? null);
        } else {
            $id = $_SESSION['uid'] ?? null;
        }
        return is_numeric($id) && (int) $id > 0 ? (string) (int) $id : null;
    }

    /** Returns the document of a client's services. */
    public static function services(string $client, int $seconds): Page
    {
        return Page::read("client-$client", static function () use ($client, $seconds): array {
            return (new Api(Connection::ofAddon(), $seconds))->get("/embedded/clients/$client", Language::query());
        });
    }
}
